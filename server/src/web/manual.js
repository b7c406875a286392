// Sends what a form of the page says, and shows the answer below it, with the same as a call of curl.
"use strict";

function call(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = { accept: "application/json" };
  for (const input of form.querySelectorAll("[data-in]")) {
    const { in: place, name } = input.dataset;
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value && place === "query") query.set(name, input.value);
    else if (input.value && place === "header") headers[name] = input.value;
  }
  const body = form.querySelector("[data-body]")?.value;
  if (body !== undefined) headers["content-type"] = "application/json";
  const address = query.size ? `${path}?${query}` : path;
  return { address, method: form.dataset.method, headers, body };
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function curl({ address, method, headers, body }) {
  const parts = ["curl", "-X", method, quoted(location.origin + address), "-H", '"Authorization: Bearer $SLIPWAY_TOKEN"'];
  for (const [name, value] of Object.entries(headers)) parts.push("-H", quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push("-d", quoted(body));
  return parts.join(" ");
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const out = form.querySelector("pre");
  const wanted = call(form);
  out.hidden = false;
  out.textContent = `${curl(wanted)}\n\n…`;
  try {
    const answer = await fetch(wanted.address, wanted);
    const text = await answer.text();
    let told = text;
    try {
      told = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not a document: shown as it is.
    }
    const tag = answer.headers.get("etag");
    const head = `${answer.status} ${answer.statusText}${tag ? `\netag: ${tag}` : ""}`;
    out.textContent = `${curl(wanted)}\n\n${head}\n\n${told}`;
  } catch (error) {
    out.textContent = `${curl(wanted)}\n\n${error}`;
  }
}

for (const form of document.querySelectorAll("form[data-path]")) form.addEventListener("submit", send);
