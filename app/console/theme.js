// Dark or light: as the system has it, until somebody chooses. That choice is
// all that the console keeps in the browser.

const KEY = "weir-theme";
const NAMES = ["system", "light", "dark"];

export function theme() {
    try {
        const kept = localStorage.getItem(KEY);
        return NAMES.includes(kept) ? kept : "system";
    } catch {
        return "system";
    }
}

export function apply(name = theme()) {
    if (name === "system")
        delete document.documentElement.dataset.theme;
    else
        document.documentElement.dataset.theme = name;
}

export function choose(name) {
    apply(name);
    try {
        localStorage.setItem(KEY, name);
    } catch {
        // it holds until the page is left
    }
}

export { NAMES };
