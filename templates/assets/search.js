// Asks Pagefind.
const form = document.querySelector("form.search");
const { engine, none, one, many, failed, all, more, ...names } = form.dataset;
const input = form.elements.q;
const list = document.querySelector(".hits");
const status = document.querySelector("[role=status]");
const filters = form.querySelector(".filters");
const given = new URLSearchParams(location.search);
let pagefind, ready, turn = 0, shown = 10, results = [];

const make = (tag, props, ...children) => {
	const node = Object.assign(document.createElement(tag), props);
	node.append(...children);
	return node;
};
const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

function hit(page) {
	const words = page.excerpt.split(/<\/?mark>/).map((part, i) => make(i % 2 ? "mark" : "span", {}, plain(part)));
	return make("li", {}, make("a", { href: page.url }, page.meta.title), make("p", {}, ...words));
}

async function show(mine) {
	const pages = await Promise.all(results.slice(0, shown).map((result) => result.data()));
	if (mine !== turn) return;
	list.replaceChildren(...pages.map(hit));
	if (results.length > shown) {
		const button = make("button", { type: "button" }, more);
		button.onclick = async () => {
			const old = shown;
			shown += 10;
			await show(turn);
			list.children[old]?.querySelector("a").focus();
		};
		list.append(make("li", { className: "search" }, button));
	}
}

async function run() {
	const mine = ++turn;
	const query = input.value.trim();
	const wanted = {};
	for (const select of filters.querySelectorAll("select")) if (select.value) wanted[select.name] = select.value;
	const address = new URLSearchParams({ ...(query && { q: query }), ...wanted });
	history.replaceState(null, "", address.size ? `?${address}` : location.pathname);
	if (!query && !Object.keys(wanted).length) {
		list.replaceChildren();
		status.textContent = "";
		return;
	}
	try {
		await start();
		const found = await pagefind.search(query || null, { filters: wanted });
		if (mine !== turn) return;
		results = found.results;
		shown = 10;
		status.textContent = [none, one][results.length] ?? many.replace("%d", results.length);
		await show(mine);
	} catch {
		status.textContent = failed;
	}
}

const start = () => ready ??= load();

async function load() {
	pagefind = await import(new URL(engine, location));
	const known = await pagefind.filters();
	for (const name of ["section", "tag", "year"]) {
		const values = Object.keys(known[name] ?? {}).sort((a, b) => a.localeCompare(b));
		if (!values[1]) continue;
		const options = values.map((v) => new Option(v, v, false, v === given.get(name)));
		const select = make("select", { name }, new Option(all, ""), ...options);
		filters.append(make("label", {}, names[name], " ", select));
	}
}

form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
form.addEventListener("input", run);
input.addEventListener("focus", () => start().catch(() => {}), { once: true });
input.value = given.get("q") ?? "";
if ([...given.values()].join("")) start().then(run, run);
