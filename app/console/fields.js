// The fields of a service: those of every one, and those of its type.

export function plain(service = {}) {
    return [
        { name: "name", label: "Name", required: true, type: "string",
            length: 40, pattern: "[A-Za-z0-9_\\-]+",
            hint: "letters, digits, _ and -", value: service.name,
            description: "It stands in paths: /api/v2/NAME. Letters, "
                + "digits, “_” and “-”." },
        { name: "label", label: "Label", type: "string", length: 80,
            value: service.label, description: "What people call it." },
        { name: "description", label: "Description", type: "string",
            length: 255, value: service.description },
        { name: "is_active", label: "Active", type: "boolean",
            value: service.is_active ?? true,
            description: "Whether its calls are answered." },
    ];
}

// Names of members read as "Unix socket".
export function label(field) {
    const text = field.label || field.name.replace(/_/g, " ");
    return text.charAt(0).toUpperCase() + text.slice(1);
}

export function ofType(type, config = {}) {
    return type.config_schema.map((f) => ({ ...f, label: label(f),
        value: config[f.name] ?? undefined,
        type: f.type === "picklist" ? "string" : f.type }));
}

// Only what was filled in or changed is sent; an emptied member goes back to
// its default.
export function configOf(type, values, changed) {
    const config = {};
    for (const f of type.config_schema) {
        if (f.name in changed)
            config[f.name] = values[f.name] === "" ? null
                : values[f.name];
    }
    return config;
}
