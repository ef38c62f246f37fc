// A new service: which type, then its config.

import { get, list, make, patch, segment } from "../api.js";
import { card, h, link } from "../dom.js";
import { configOf, ofType, plain } from "../fields.js";
import { form } from "../form.js";
import { notify } from "../notice.js";
import { probe, verdict } from "../probe.js";
import { go } from "../router.js";

export const title = "Make a service";

function types(all) {
    const groups = new Map();
    for (const type of all.filter((t) => !t.singleton)) {
        const group = groups.get(type.group) || [];
        groups.set(type.group, [...group, type]);
    }
    return [...groups].map(([group, found]) => card(group,
        h("ul", { class: "choices" }, found.map((t) => h("li", {},
            link(t.label, `#/services/new/${t.name}`),
            h("p", { class: "help" }, t.description))))));
}

async function choose(ctx) {
    const all = await list("system/service_type"
        + "?fields=name,label,group,description,singleton",
    { signal: ctx.signal });
    return h("div", {}, h("h1", {}, "Make a service"),
        h("p", {}, "What is it to give an API to?"), types(all));
}

// Made at the first try; what is changed after a test that failed is sent to
// what is there.
function editor(type) {
    const found = h("div", {});
    let id = null;
    const save = async (values, config) => {
        const record = { type: type.name, config };
        for (const { name } of plain())
            record[name] = values[name];
        if (id === null)
            ({ id } = await make("system/service", record));
        else
            await patch(`system/service/${id}`, record);
    };
    const send = async (values, changed, submitter) => {
        await save(values, configOf(type, values, changed));
        found.replaceChildren();
        if (submitter && submitter.value === "test") {
            found.replaceChildren(h("p", { role: "status" },
                "Asking …"));
            const check = await probe(values.name.toLowerCase());
            found.replaceChildren(verdict(check),
                h("p", {}, link("Go to the service",
                    `#/services/${id}`)));
            return;
        }
        notify(`Service ${values.name} is made.`);
        go(`services/${id}`);
    };
    const node = form([...plain(), ...ofType(type)], "Save", send,
        h("button", { type: "submit", value: "test" },
            "Save and test the connection"),
        link("Cancel", "#/services", { class: "button" }));
    node.querySelector(".actions").before(found);
    return node;
}

export async function render(ctx) {
    if (!ctx.params.type)
        return choose(ctx);
    const type = await get(`system/service_type/${segment(ctx.params.type)}`,
        { signal: ctx.signal });
    return h("div", {}, h("h1", {}, `Make a service: ${type.label}`),
        h("p", {}, type.description), editor(type));
}
