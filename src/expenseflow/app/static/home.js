// The few actions of the plain home page; everything on it is also in the API.
"use strict";

const POLL_MS = 2000;
const message = document.getElementById("message");

function say(words, good = false) {
  message.textContent = words;
  message.classList.toggle("good", good);
  message.hidden = false;
}

async function call(method, path, options = {}) {
  const answer = await fetch(path, { method, ...options });
  const body = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error((body && body.detail) || "That did not work.");
  }
  return body;
}

function json(body) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function act(button, action) {
  button.disabled = true;
  try {
    await action();
  } catch (error) {
    say(error.message);
    button.disabled = false;
  }
}

async function upload(form) {
  const result = await call("POST", "/api/statements", { body: new FormData(form) });
  const rejected = result.rejected.length;
  sessionStorage.setItem("said", `${result.imported} imported, ${result.duplicates} known already` +
    (rejected ? `, ${rejected} rejected (first: row ${result.rejected[0].row}, ${result.rejected[0].reason})` : "") +
    result.notes.map((note) => `. ${note}`).join(""));
  location.reload();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { start, cancel } = button.dataset;
  if (start) {
    act(button, async () => {
      await call("POST", "/api/report-jobs", json({ period: start }));
      location.reload();
    });
  } else if (cancel) {
    act(button, () => call("DELETE", `/api/report-jobs/${cancel}`));
  } else if ("signOut" in button.dataset) {
    act(button, async () => {
      await call("POST", "/api/sign-out");
      location.replace("/");
    });
  }
});

for (const moment of document.querySelectorAll("time")) {
  const options = { dateStyle: "medium", timeStyle: "short" };
  moment.textContent = new Date(moment.dateTime).toLocaleString([], options);
}

const form = document.getElementById("upload");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  act(form.querySelector("button"), () => upload(form));
});

async function watch(row) {
  const job = await call("GET", `/api/report-jobs/${row.dataset.job}`);
  row.querySelector("[data-message]").textContent = job.statusMessage;
  row.querySelector("progress").value = job.progressPercent;
  if (job.completedAt) {
    location.reload();
  }
}

const rows = [...document.querySelectorAll("[data-job]")];
if (rows.length) {
  setInterval(() => rows.forEach((row) => watch(row).catch(() => {})), POLL_MS);
}
const said = sessionStorage.getItem("said");
if (said) {
  sessionStorage.removeItem("said");
  say(said, true);
}
