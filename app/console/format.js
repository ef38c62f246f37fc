// How numbers and moments are written.

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(undefined, { notation: "compact",
    maximumFractionDigits: 1 });

export function count(n) {
    return n === null || n === undefined ? "–" : compact.format(n);
}

export function rate(n) {
    return `${number.format(n)}/s`;
}

export function percent(n) {
    return `${number.format(n)} %`;
}

export function ms(n) {
    if (n >= 1000)
        return `${number.format(n / 1000)} s`;
    return n < 1 ? `${(n * 1000).toFixed(0)} µs` : `${number.format(n)} ms`;
}

// Milliseconds that somebody was spared.
export function saved(n) {
    return n < 10000 ? `${n} ms` : `${number.format(n / 1000)} s`;
}

export function bytes(n) {
    return n === null || n === undefined ? "–" : `${compact.format(n)}B`;
}

// A date of the API, which is UTC: milliseconds of Unix time, or null.
export function parsed(text) {
    const at = text ? Date.parse(`${text.replace(" ", "T")}Z`) : NaN;
    return Number.isNaN(at) ? null : at;
}

// The same as the reader's clock has it.
export function moment(text) {
    const at = parsed(text);
    return at === null ? text || "–" : new Date(at).toLocaleString();
}

// Any value as text that fits into a cell.
export function value(v) {
    if (v === null || v === undefined)
        return "null";
    return typeof v === "object" ? JSON.stringify(v) : `${v}`;
}
