// Walks through the console as an administrator would: a database gets an API
// with a cache, a key, a limit; each page is inspected on the way.
//
// node walk.mjs WORDS.json: what is said there is where the server is, who
// signs in, and which database there is. Prints what it found as JSON.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { browse, inspect } from "./browser.mjs";
import { edges } from "./edges.mjs";

const words = JSON.parse(readFileSync(process.argv[2], "utf8"));
const KEY = "X-DreamFactory-API-Key";
const ORDERS = "/api/v2/shop/_table/orders?limit=5";

const b = await browse(words);
const { page } = b;
const main = page.locator("main");

async function go(path, heading) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${path}`);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await page.locator("main:not([aria-busy])").waitFor();
}

async function press(name, where = page) {
    await where.getByRole("button", { name, exact: true }).click();
}

async function said(text) {
    await page.locator("#notices").getByText(text).waitFor();
}

async function fill(values, where = page) {
    for (const [label, value] of Object.entries(values))
        await where.getByLabel(label, { exact: true }).fill(`${value}`);
}

async function use(key, times = 1) {
    const found = [];
    for (let i = 0; i < times; i += 1)
        found.push((await fetch(words.url + ORDERS,
            { headers: { [KEY]: key } })).status);
    return found;
}

// A number among the facts of a page.
async function fact(name) {
    const text = await main.locator(".facts div", { has: page.getByText(
        name, { exact: true }) }).locator("dd").innerText();
    return Number(text);
}

async function signIn(password = words.password) {
    await page.getByLabel("E-mail").fill(words.email);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
}

// Where the server has documents of its services: else the path is typed.
async function chooseOperation(pattern) {
    const select = main.getByLabel("Operation");
    if (await select.count() === 0)
        return;
    const names = await select.locator("option").allInnerTexts();
    await select.selectOption({ index: names.findIndex((n) =>
        pattern.test(n)) });
}

const steps = {
    async "sign in"() {
        await page.goto(`${words.url}/console`);
        await page.getByLabel("E-mail").waitFor();
        await inspect(b, "signin");
        await signIn("a wrong one");
        await page.getByRole("alert").getByText(/credentials/i).waitFor();
        await inspect(b, "signin-refused");
        await signIn();
        await page.getByText("No service yet").waitFor();
        await inspect(b, "overview-empty");
    },

    async "empty pages say what to do first"() {
        await go("services", "Services");
        await main.getByText("No service yet").waitFor();
        await inspect(b, "services-empty");
        for (const [path, heading, text] of [
            ["keys", "Keys and roles", "No key yet"],
            ["limits", "Limits", "No limit yet"],
            ["users", "Users", "No user yet"],
            ["cache", "Cache", "Nothing can be cached yet"],
            ["try", "Try it", "Operation"]]) {
            await go(path, heading);
            if (path !== "try")
                await main.getByText(text).waitFor();
            await inspect(b, `${path}-empty`);
        }
    },

    async "make a MySQL service"() {
        await go("services/new", "Make a service");
        await inspect(b, "service-types");
        await main.getByRole("link", { name: "MySQL", exact: true })
            .click();
        await page.getByRole("heading", { name: /MySQL/ }).waitFor();
        await inspect(b, "service-new");
        await press("Save", main);
        assert.equal(await main.locator("[aria-invalid=true]").count() > 0,
            true, "a form without its required fields is not sent");
        assert.equal(await page.evaluate(() =>
            document.activeElement.name), "name");
        await inspect(b, "service-invalid");
        const { host, port, database, username, password } = words.database;
        await main.locator("[name=name]").fill("shop");
        await main.locator("[name=label]").fill("Shop");
        const values = { host, port: 1, database, username, password };
        for (const [name, value] of Object.entries(values))
            await main.locator(`[name=${name}]`).fill(`${value}`);
        await press("Save and test the connection", main);
        await main.getByText("no answer").waitFor();
        await inspect(b, "service-no-answer");
        await main.locator("[name=port]").fill(`${port}`);
        await press("Save and test the connection", main);
        await main.getByText("it answers").waitFor();
        await main.getByRole("link", { name: "Go to the service" }).click();
        await page.getByRole("heading", { level: 1, name: "Shop" })
            .waitFor();
    },

    async "switch caching on, and set the time"() {
        await main.locator("[name=cache_enabled]").check();
        await main.locator("[name=cache_ttl]").fill("120");
        await press("Save caching", main);
        await said("Answers are cached.");
        await inspect(b, "service");
        await page.reload();
        await signIn();
        await page.getByRole("heading", { level: 1, name: "Shop" })
            .waitFor();
        assert.equal(await main.locator("[name=cache_ttl]").inputValue(),
            "120");
        assert.equal(await main.locator("[name=cache_enabled]")
            .isChecked(), true);
    },

    async "make a role"() {
        await go("roles/new", "Make a role");
        await main.locator("[name=name]").fill("reader");
        await main.getByLabel("Service", { exact: true })
            .selectOption("shop");
        await main.getByLabel("Component").fill("_table/*");
        await inspect(b, "role-new");
        await press("Save the role", main);
        await page.getByRole("heading", { level: 1, name: "Role reader" })
            .waitFor();
        await main.getByLabel("Resource").fill("_table/orders");
        await press("What may it do there?", main);
        await main.getByRole("status").getByText("GET").waitFor();
        await inspect(b, "role");
        await press("Add a grant", main);
        const grant = main.locator(".grant").nth(1);
        await grant.getByLabel("Service", { exact: true })
            .selectOption("shop");
        await grant.getByLabel("Component").fill("_table/notes/*");
        await grant.getByText("Row filters").click();
        await press("Add a filter", grant);
        await fill({ Column: "id", With: "1" }, grant);
        await inspect(b, "role-filters");
        await press("Save the role", main);
        await main.getByRole("cell", { name: "id = 1" }).waitFor();
        await press("Remove the grant", main.locator(".grant").nth(1));
        await press("Save the role", main);
        await main.getByRole("cell", { name: "id = 1" }).waitFor(
            { state: "detached" });
    },

    async "make a key, seen once"() {
        await go("keys", "Keys and roles");
        await press("Make a key", main);
        const dialog = page.getByRole("dialog");
        await fill({ "Name (required)": "till" }, dialog);
        await dialog.getByLabel("Role").selectOption("reader");
        await inspect(b, "key-new");
        await press("Make the key", dialog);
        const field = page.getByLabel("API key");
        await field.waitFor();
        words.key = await field.inputValue();
        assert.match(words.key, /^[\w-]{32,}$/);
        await press("Done");
        await main.getByRole("link", { name: "till" }).waitFor();
        assert.equal((await page.content()).includes(words.key), false);
        await inspect(b, "keys");
    },

    async "use the key: hits rise"() {
        assert.deepEqual(await use(words.key), [200]);
        await go("services", "Services");
        await main.getByRole("link", { name: "shop" }).click();
        await main.locator(".facts").waitFor();
        const before = await fact("Hits");
        assert.deepEqual(await use(words.key, 10), Array(10).fill(200));
        await page.waitForFunction((n) => [...document.querySelectorAll(
            ".facts div")].some((d) => d.querySelector("dt").innerText
            === "Hits" && Number(d.querySelector("dd").innerText) >= n),
        before + 10);
        await inspect(b, "service-hits");
    },

    async "look at rows"() {
        await press("Flush the cache", main);
        await inspect(b, "flush-confirm");
        await page.keyboard.press("Escape");
        await main.getByRole("link", { name: "Browse its rows" }).click();
        await main.getByRole("link", { name: "orders", exact: true })
            .click();
        await main.getByRole("table").waitFor();
        await inspect(b, "rows");
        await main.getByLabel("Filter").fill("id = 1");
        await press("Filter", main);
        await main.getByText("1 to 1 of 1").waitFor();
        await press("id", main);
        await main.locator("th[aria-sort=ascending]").waitFor();
    },

    async "explain a call"() {
        await go(`explain?path=${encodeURIComponent(ORDERS)}`,
            "Explain a call");
        await main.getByLabel("Rights of the app").selectOption("till");
        await press("Explain", main);
        await main.getByText("allowed", { exact: true }).waitFor();
        await main.getByRole("heading", { name: "Cache" }).waitFor();
        await inspect(b, "explain");
    },

    async "limit the key"() {
        await go("limits", "Limits");
        await press("Make a limit", main);
        const dialog = page.getByRole("dialog");
        await fill({ "Name (required)": "till a minute",
            "Requests (required)": 3 }, dialog);
        await dialog.getByLabel("App").selectOption("till");
        await inspect(b, "limit-new");
        await press("Save the limit", dialog);
        await main.getByRole("table").waitFor();
        await page.waitForTimeout(1500); // in force in each process
        assert.deepEqual(await use(words.key, 4), [200, 200, 200, 429]);
        await main.getByText("3 of 3").waitFor();
        await inspect(b, "limits");
        await press("Reset till a minute", main);
        await inspect(b, "limit-reset");
        await press("Reset", page.getByRole("dialog"));
        await main.getByText("0 of 3").waitFor();
        assert.deepEqual(await use(words.key), [200]);
    },

    async "try calls"() {
        await go("try/system", "Try it");
        await inspect(b, "try-system");
        await go("try/shop", "Try it");
        await main.getByLabel("API key").waitFor();
        await chooseOperation(/^GET \/_table\/orders /);
        await inspect(b, "try");
        await main.getByLabel("API key").fill(words.key);
        await main.getByRole("button", { name: /^Send/ }).click();
        await main.getByRole("heading", { name: "Answer" }).waitFor();
        await main.getByText("curl -X").waitFor();
        await inspect(b, "try-answer");
    },

    async "make a user, with a role"() {
        await go("users", "Users");
        await press("Make a user", main);
        const dialog = page.getByRole("dialog");
        await fill({ "E-mail (required)": "joe@example.com",
            "First name": "Joe", Password: "correct horse battery" },
        dialog);
        await press("Make", dialog);
        await main.getByRole("link", { name: "joe@example.com" }).waitFor();
        await inspect(b, "users");
        await main.getByRole("link", { name: "joe@example.com" }).click();
        await press("Give a role", main);
        await dialog.getByLabel("In the app").selectOption("till");
        await dialog.getByLabel("The role").selectOption("reader");
        await press("Give", dialog);
        await main.getByText("reader").waitFor();
        await inspect(b, "user");
    },

    async "keep values in a cache service"() {
        await go("services/new/cache_local", "Make a service");
        await main.locator("[name=name]").fill("notes");
        await press("Save", main);
        await page.getByRole("heading", { level: 1, name: "notes" })
            .waitFor();
        await go("try/notes", "Try it");
        await go("cache/notes", "Keys of notes");
        await main.getByText("No key here").waitFor();
        await page.evaluate(async ([url, lines]) => {
            for (const name of ["user/1", "user/2", "greeting"])
                await fetch(`${url}/api/v2/notes/${name}`, {
                    method: "PUT", headers: lines,
                    body: JSON.stringify({ value: { name } }) });
        }, [words.url, { ...words.token,
            "Content-Type": "application/json" }]);
        await press("Show", main);
        await main.getByRole("rowheader", { name: "user/1" }).waitFor();
        await inspect(b, "cache-keys");
        await press("Look at user/1", main);
        await page.getByRole("dialog").getByText('"user/1"').waitFor();
        await press("Close");
        await press("Delete user/2", main);
        await press("Delete", page.getByRole("dialog"));
        await said("user/2 is deleted.");
        await press("Delete all keys", main);
        await press("Delete all", page.getByRole("dialog"));
        await main.getByText("No key here").waitFor();
    },

    async "flush"() {
        await go("cache", "Cache");
        await inspect(b, "cache");
        await press("Flush shop", main);
        await press("Flush", page.getByRole("dialog"));
        await said("The answers of shop are gone.");
    },

    async "rotate and revoke"() {
        await go("keys", "Keys and roles");
        await main.getByRole("link", { name: "till" }).click();
        await press("Rotate: make another key", main);
        const dialog = page.getByRole("dialog");
        await press("Make another key", dialog);
        const field = page.getByLabel("API key");
        await field.waitFor();
        const other = await field.inputValue();
        assert.notEqual(other, words.key);
        await press("Done");
        await main.getByText(/^until/).waitFor();
        await inspect(b, "key");
        await press(`Revoke ${words.key.slice(0, 6)}`, main);
        await press("Revoke", dialog);
        await main.getByText("revoked", { exact: true }).waitFor();
        assert.deepEqual(await use(words.key), [401]);
        assert.deepEqual(await use(other), [200]);
        await press("Set when they end", main);
        await fill({ "Seconds from now (required)": 86400 }, dialog);
        await press("Set", dialog);
        await said("The end of the keys is set.");
        await main.getByText(/^until/).waitFor();
    },

    async "what is in use stays, and says by whom"() {
        await go("services", "Services");
        await main.getByRole("link", { name: "shop" }).click();
        await press("Remove the service", main);
        await press("Remove", page.getByRole("dialog"));
        await page.locator("#notices").getByText(/reader/).waitFor();
        await inspect(b, "service-in-use");
        await press("Dismiss", page.locator("#notices .bad"));
        await main.getByRole("heading", { level: 1, name: "Shop" })
            .waitFor();
    },

    async "who changed what"() {
        await go("audit", "Audit");
        await main.getByText(words.email).first().waitFor();
        await inspect(b, "audit");
        await main.getByLabel("Of", { exact: true }).selectOption("limit");
        await press("Show", main);
        await page.waitForFunction(() => [...document.querySelectorAll(
            "main tbody tr")].every((r) => r.innerText.includes("limit")));
    },

    async "see how it does"() {
        await go("", "Overview");
        for (let i = 0; i < (words.beats || 3); i += 1) {
            await fetch(words.url + ORDERS, { headers: words.token });
            await fetch(words.url + ORDERS, { headers: words.token });
            await page.waitForTimeout(words.beat_ms || 5000);
        }
        await main.getByText("/s").first().waitFor();
        await inspect(b, "overview");
    },

    async "choose the colours, by keyboard"() {
        await page.setViewportSize({ width: 1920, height: 1080 });
        await page.emulateMedia({ colorScheme: "light" });
        const ground = () => page.evaluate(() => getComputedStyle(
            document.body).backgroundColor);
        const light = await ground();
        await page.getByLabel("Colours").focus();
        await page.keyboard.type("Dark");
        await page.waitForFunction((was) => getComputedStyle(
            document.body).backgroundColor !== was, light);
        await page.getByLabel("Colours").selectOption("system");
        await page.reload();
        await signIn();
        await page.getByRole("heading", { name: "Overview" }).waitFor();
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement
            .closest("main") !== null), true,
        "after a change of the page the focus is in it");
        await page.evaluate(() => document.activeElement.blur());
        await page.setViewportSize({ width: 360, height: 740 });
        await press("Menu");
        await inspect(b, "menu");
        await page.setViewportSize({ width: 360, height: 740 });
        await page.getByRole("link", { name: "Limits" }).press("Enter");
        await page.getByRole("heading", { level: 1, name: "Limits" })
            .waitFor();
    },

    async "go from page to page by keyboard alone"() {
        await page.setViewportSize({ width: 1920, height: 1080 });
        await page.reload();
        await page.getByLabel("E-mail").waitFor();
        await page.keyboard.type(words.email);
        await page.keyboard.press("Tab");
        await page.keyboard.type(words.password);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Limits" })
            .waitFor();
        const focused = () => page.evaluate(() =>
            document.activeElement.textContent);
        for (const wanted of ["Services", "Make a service", "SQLite"]) {
            // back over the page's beginning and the menu, or on in the page
            const key = wanted === "Services" ? "Shift+Tab" : "Tab";
            for (let i = 0; i < 40 && await focused() !== wanted; i += 1)
                await page.keyboard.press(key);
            assert.equal(await focused(), wanted);
            const seen = await page.evaluate(() => getComputedStyle(
                document.activeElement).outlineStyle);
            assert.equal(seen, "solid", "where the focus is can be seen");
            await page.keyboard.press("Enter");
            await page.waitForFunction(() =>
                document.activeElement.tagName === "H1");
        }
        await page.getByRole("heading", { name: /SQLite/ }).waitFor();
    },

    async "a session that ends keeps the place"() {
        await page.setViewportSize({ width: 1920, height: 1080 });
        await go("audit", "Audit");
        await fetch(`${words.url}/api/v2/system/admin/session`,
            { method: "DELETE", headers: words.token });
        await press("Show", main);
        await page.getByText("The session has ended").waitFor();
        await inspect(b, "signin-again");
        await signIn();
        await page.getByRole("heading", { level: 1, name: "Audit" })
            .waitFor();
    },

    async "nothing secret is kept"() {
        const kept = await page.evaluate(() => [
            ...Object.keys(localStorage), ...Object.keys(sessionStorage),
            document.cookie]);
        assert.deepEqual(kept.filter((n) => n && n !== "weir-theme"), []);
        await press("Sign out");
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
    },
};

// The token of the latest call: the walk calls as the browser does.
page.on("request", (request) => {
    const token = request.headers()["x-dreamfactory-session-token"];
    if (token)
        words.token = { "X-DreamFactory-Session-Token": token };
});

const only = process.argv.slice(3);
const all = { ...steps, ...edges({ page, main, url: words.url, go, press, said,
    signIn, token: () => words.token }) };
for (const [name, step] of Object.entries(all)) {
    if (only.length > 0 && !only.includes(name))
        continue;
    try {
        await step();
    } catch (error) {
        b.told.errors.push(`${name}: ${error.stack}`);
        await page.screenshot({ path: `${words.pictures}/failed.png` });
        break;
    }
    process.stderr.write(`${name}\n`);
}
console.log(JSON.stringify(b.told, null, 1));
await b.browser.close();
process.exit(b.told.errors.length + b.told.violations.length > 0 ? 1 : 0);
