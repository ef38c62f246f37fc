// What goes wrong seldom, and must not: values that the console does not know,
// names that browsers take for others, two things at once.

import assert from "node:assert/strict";

const TOKEN = "X-DreamFactory-Session-Token";
const SESSION = "**/system/admin/session";
const ACCESS = "role_service_access_by_role_id";
const HOUR_MS = 3600e3;
const HELD_MS = 1000;
const ASKED_MS = 20000;
const FILTERS = [
    { name: "id", operator: "<>", value: "1" },
    { name: "id", operator: "NOT IN", value: ["2,3", 4] },
    { name: "note", operator: "not contains", value: "x" },
    { name: "note", operator: "Not Starts With", value: "y" },
    { name: "note", operator: "not ends with", value: "z" },
    { name: "id", operator: "Is Not Null" },
    { name: "id", operator: "<", value: 7 },
];

// w: page, main, url, and what the walk does with them.
export function edges(w) {
    const { page, main, url } = w;
    const dialog = page.getByRole("dialog");

    // As the browser calls, with the token of its latest call or another.
    async function api(method, path, body, headers = w.token()) {
        const answer = await fetch(`${url}/api/v2/${path}`, { method,
            headers: { ...headers, "Content-Type": "application/json" },
            body: body && JSON.stringify(body) });
        return { status: answer.status,
            json: await answer.json().catch(() => null) };
    }

    async function idOf(resource, name) {
        const { json } = await api("GET", `system/${resource}?filter=`
            + encodeURIComponent(`name = ${name}`));
        return json.resource[0].id;
    }

    async function grants(id) {
        const { json } = await api("GET",
            `system/role/${id}?related=${ACCESS}`);
        return json[ACCESS].map((r) => ({ service_id: r.service_id,
            component: r.component, verb_mask: r.verb_mask,
            requestor_mask: r.requestor_mask, filters: r.filters,
            filter_op: r.filter_op }));
    }

    async function keys() {
        const { json } = await api("GET", "notes");
        return json.resource.map((r) => r.key).sort();
    }

    // The clock of the page goes on by that; what was held goes by it.
    async function later(ms) {
        await page.evaluate((more) => {
            const now = Date.now.bind(Date);
            Date.now = () => now() + more;
        }, ms);
    }

    // Answers to a renewal wait for that; resolves once one has come. The
    // tokens that were given meanwhile are in its list.
    async function hold() {
        const given = [];
        let come;
        const asked = Promise.race([
            new Promise((done) => { come = done; }),
            page.waitForTimeout(ASKED_MS).then(() => {
                throw new Error("no other token was asked for");
            })]);
        await page.route(SESSION, async (route) => {
            if (route.request().method() !== "PUT") {
                await route.continue();
                return;
            }
            const response = await route.fetch();
            given.push((await response.json()).session_token);
            come();
            await new Promise((done) => { setTimeout(done, HELD_MS); });
            await route.fulfill({ response }).catch(() => null);
        });
        return { given, asked };
    }

    async function state() {
        return page.evaluate(async () => {
            const session = await import("/console/session.js");
            return { token: session.token(), user: session.user()
                && session.user().email };
        });
    }

    async function enter() {
        await page.reload();
        await w.signIn();
        await page.locator("nav#menu").waitFor();
    }

    return {
        async "a role that is saved as it is stays as it is"() {
            await enter();
            await w.go("", "Overview");
            const shop = await idOf("service", "shop");
            const row = { service_id: shop, component: "_table/*",
                verb_mask: 1, requestor_mask: 3, filters: FILTERS };
            const made = await api("POST", "system/role", { resource: [{
                name: "filtered", is_active: true, [ACCESS]: [
                    { ...row, filter_op: "||" },
                    { ...row, component: "", filters: [],
                        requestor_mask: 2, verb_mask: 31 }] }] });
            const { id } = made.json.resource[0];
            const before = await grants(id);
            assert.deepEqual(before[0].filters, FILTERS);
            await w.go(`roles/${id}`, "Role filtered");
            await w.press("Save the role", main);
            await w.said("The role is saved.");
            assert.deepEqual(await grants(id), before);
            const value = main.locator(".grant").first()
                .getByLabel("With").nth(6);
            await value.fill("8");
            await w.press("Save the role", main);
            await w.press("Dismiss", page.locator("#notices .notice")
                .first());
            await page.waitForFunction(() => [...document.querySelectorAll(
                "main td")].some((td) => td.innerText.includes("id < 8")));
            const after = await grants(id);
            assert.deepEqual(after[0].filters, [...FILTERS.slice(0, 6),
                { ...FILTERS[6], value: 8 }].map((f) => ({ value: "",
                ...f })));
            assert.match(`${after[0].filter_op}`, /^(or|\|\|)$/i);
            assert.deepEqual(after[1], before[1]);
        },

        async "what is for scripts alone gives callers nothing"() {
            await main.getByLabel("Resource").fill("");
            await w.press("What may it do there?", main);
            await main.getByText("No row of the role").waitFor();
            await main.getByLabel("Resource").fill("_schema");
            await w.press("What may it do there?", main);
            await main.getByText("It is a list").waitFor();
        },

        async "keys that browsers take for places are keys"() {
            const odd = [".", "..", "a,b", "a+b", "end/", "precious"];
            await api("POST", "notes", { resource: odd.map((key) =>
                ({ key, value: `of ${key}` })) });
            await w.go("cache/notes", "Keys of notes");
            for (const key of odd.slice(0, -1)) {
                await w.press(`Look at ${key}`, main);
                await dialog.getByText(`of ${key}`, { exact: true })
                    .waitFor();
                await w.press("Close", dialog);
                await w.press(`Delete ${key}`, main);
                await w.press("Delete", dialog);
                await main.getByRole("button", { name: `Delete ${key}`,
                    exact: true }).waitFor({ state: "detached" });
            }
            assert.deepEqual(await keys(), ["precious"]);
            const refused = await page.evaluate(async () => {
                const { segment, send } = await import("/console/api.js");
                const tries = [() => segment("."), () => segment("..")];
                for (const part of [".", "%2e", "..", ".%2E", "x\\..", ".\t"])
                    tries.push(() => send("DELETE",
                        `/api/v2/notes/${part}`));
                const told = await Promise.all(tries.map(async (one) => {
                    try {
                        await one();
                        return "sent";
                    } catch (error) {
                        return error.message.slice(0, 8);
                    }
                }));
                return [...new Set(told), segment("a.b")];
            });
            assert.deepEqual(refused, ["Browsers", "a.b"]);
            assert.deepEqual(await keys(), ["precious"]);
        },

        async "skip to the content, and stay on the page"() {
            await w.go("limits", "Limits");
            await page.locator("a.skip").focus();
            await page.keyboard.press("Enter");
            assert.equal(await page.evaluate(() =>
                document.activeElement.id), "main");
            assert.equal(new URL(page.url()).hash, "#/limits");
        },

        async "an address that cannot be read shows the overview"() {
            await w.go("cache/%zz", "Overview");
            await w.go("limits", "Limits");
        },

        async "a role is taken back once that is confirmed"() {
            await w.go("users", "Users");
            await main.getByRole("link", { name: "joe@example.com" })
                .click();
            await w.press("Take back", main);
            await w.press("Cancel", dialog);
            await w.press("Take back", main);
            await w.press("Take back", dialog);
            await main.getByText("No role of its own").waitFor();
        },

        // Of the server's dates alone: a wrong clock here changes nothing.
        async "a clock that is wrong asks for no token"() {
            await page.addInitScript((wrong) => {
                const now = Date.now.bind(Date);
                Date.now = () => now() + wrong;
            }, 40 * 24 * HOUR_MS);
            await enter();
            const { token } = await state();
            await w.go("limits", "Limits");
            await w.go("users", "Users");
            assert.equal((await state()).token, token);
        },

        async "calls under way go on with the new token"() {
            const { given, asked } = await hold();
            await later(20 * HOUR_MS);
            await w.go("limits", "Limits");
            await asked;
            await w.go("users", "Users");
            assert.deepEqual((await state()).token, given[0]);
            await page.unroute(SESSION);
        },

        async "who signs out is out, whatever is on its way"() {
            const { given, asked } = await hold();
            const old = (await state()).token;
            await later(40 * HOUR_MS);
            await page.evaluate(() => { location.hash = "#/limits"; });
            await asked;
            const gone = page.waitForResponse((r) =>
                r.request().method() === "DELETE");
            gone.catch(() => null); // what failed before is what is told
            await w.press("Sign out");
            await page.getByRole("heading", { name: "Sign in" }).waitFor();
            await w.signIn();
            await page.locator("nav#menu").waitFor();
            const { token } = await state();
            await gone;
            await page.unroute(SESSION);
            assert.equal((await state()).token, token,
                "an answer of before does not replace who is there now");
            for (const [one, status] of [[old, 401], [given[0], 401],
                [token, 200]])
                assert.equal((await api("GET", "system/admin", null,
                    { [TOKEN]: one })).status, status);
            await w.press("Sign out");
            await page.getByRole("heading", { name: "Sign in" }).waitFor();
        },
    };
}
