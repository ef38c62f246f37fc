// Forms made from descriptions of fields, as config_schema of a service type
// has them: name, label, type, description, required, values, min, max.

import { h, newId } from "./dom.js";
import { problem } from "./notice.js";

function choices(field) {
    return (field.values || []).map((v) => (typeof v === "object" ? v
        : { name: v, label: `${v}` }));
}

function control(field, id, about) {
    const common = { id, name: field.name, required: field.required,
        "aria-describedby": about };
    const value = field.value ?? field.default ?? "";
    if (field.type === "boolean")
        return h("input", { ...common, required: false, type: "checkbox",
            checked: value === true || value === "true" });
    if (field.values) {
        const blank = field.required && value !== "" ? [] : [
            { name: "", label: field.blank || "(none)" }];
        return h("select", common, [...blank, ...choices(field)].map((c) =>
            h("option", { value: c.name, selected:
                `${c.name}` === `${value}` }, c.label)));
    }
    if (field.type === "text")
        return h("textarea", { ...common, rows: 8, value,
            spellcheck: "false" });
    return h("input", { ...common, value,
        type: { integer: "number", password: "password", email: "email" }[
            field.type] || "text",
        min: field.min, max: field.max, maxlength: field.length,
        pattern: field.pattern, title: field.pattern && field.hint,
        autocomplete: field.autocomplete || "off",
        step: field.type === "integer" ? 1 : null });
}

function isChanged(field, value) {
    return value !== (field.value ?? field.default ?? "");
}

class Row {
    constructor(field) {
        const id = newId("field");
        const help = `${id}-help`;
        this.field = field;
        this.error = h("p", { class: "wrong", id: `${id}-error` });
        this.input = control(field, id, field.description
            ? `${help} ${id}-error` : `${id}-error`);
        const label = h("label", { for: id }, field.label || field.name,
            field.required && h("span", { class: "quiet" },
                " (required)"));
        const check = field.type === "boolean";
        this.node = h("div", { class: check ? "field check" : "field" },
            check ? [this.input, label] : [label, this.input],
            field.description && h("p", { class: "help", id: help },
                field.description), this.error);
        this.input.addEventListener("input", () => this.judge(false));
    }

    // Says what is wrong with it, or takes that back.
    judge(strict) {
        const bad = !this.input.checkValidity();
        if (!bad || strict) {
            this.error.textContent = bad
                ? this.input.validationMessage : "";
            this.input.toggleAttribute("data-bad", bad);
            this.input.setAttribute("aria-invalid", bad);
        }
        return !bad;
    }

    get value() {
        const { type } = this.field;
        if (type === "boolean")
            return this.input.checked;
        if (type === "integer" && this.input.value !== "")
            return Number(this.input.value);
        const text = this.input.value;
        return this.field.numeric && text !== "" ? Number(text) : text;
    }
}

// fields: descriptions; send(values, changed): a promise, whose failure is
// shown above the button. more: further elements between fields and button.
export function form(fields, action, send, ...more) {
    const rows = fields.map((field) => new Row(field));
    const trouble = h("div", {});
    const submit = h("button", { type: "submit", class: "primary" }, action);
    const node = h("form", { novalidate: true, class: "form" },
        rows.map((row) => row.node), trouble,
        h("div", { class: "actions" }, submit, ...more));

    node.addEventListener("submit", async (event) => {
        event.preventDefault();
        const bad = rows.filter((row) => !row.judge(true));
        if (bad.length > 0) {
            bad[0].input.focus();
            return;
        }
        const values = {};
        const changed = {};
        for (const row of rows) {
            values[row.field.name] = row.value;
            if (isChanged(row.field, row.value))
                changed[row.field.name] = row.value;
        }
        trouble.replaceChildren();
        submit.disabled = true;
        try {
            await send(values, changed, event.submitter);
        } catch (error) {
            trouble.replaceChildren(problem(error));
        } finally {
            submit.disabled = false;
        }
    });
    node.rows = rows;
    return node;
}
