// A browser for the walk: pages that axe-core looks at, and pictures of them.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const WAIT_MS = 20000;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
    "best-practice"];
const WIDTHS = [360, 1920];
const THEMES = ["light", "dark"];

// modules: the folder with node_modules; pictures: where they are kept.
export async function browse({ modules, chromium, pictures }) {
    const need = createRequire(join(modules, "package.json"));
    const axe = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");
    const browser = await need("playwright-core").chromium.launch({
        executablePath: chromium,
        args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const page = await (await browser.newContext({
        viewport: { width: 1920, height: 1080 } })).newPage();
    page.setDefaultTimeout(WAIT_MS);
    const told = { errors: [], violations: [], pictures: 0 };
    page.on("pageerror", (error) => told.errors.push(`${error.stack}`));
    page.on("console", (line) => {
        // what the browser says of any answer of 400 and more is no fault
        if (line.type() === "error" && !line.text().startsWith(
            "Failed to load resource"))
            told.errors.push(line.text());
    });
    return { browser, page, told, axe, pictures };
}

async function overflow(page) {
    return page.evaluate(() => document.documentElement.scrollWidth
        - document.documentElement.clientWidth);
}

async function look({ page, told, axe, pictures }, name) {
    await page.evaluate(axe);
    const found = await page.evaluate((tags) => window.axe.run(document,
        { runOnly: tags, resultTypes: ["violations"] }), TAGS);
    for (const v of found.violations)
        told.violations.push(`${name}: ${v.id}: ${v.nodes.slice(0, 3)
            .map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`)
            .join("; ")}`);
    const wide = await overflow(page);
    if (wide > 0)
        told.violations.push(`${name}: ${wide} px wider than the screen`);
    await page.screenshot({ path: join(pictures, `${name}.png`),
        fullPage: true });
    told.pictures += 1;
}

// What is on the screen, in both widths and both themes.
export async function inspect(b, name) {
    for (const theme of THEMES) {
        await b.page.emulateMedia({ colorScheme: theme });
        for (const width of WIDTHS) {
            await b.page.setViewportSize({ width,
                height: width < 500 ? 740 : 1080 });
            await look(b, `${name}-${width}-${theme}`);
        }
    }
}
