// Hands the code of the address over, takes it out of the address, and goes home.
"use strict";

const state = document.getElementById("state");
const code = new URLSearchParams(location.search).get("code");
history.replaceState(null, "", "/sign-in");

async function signIn() {
  if (!code) {
    return "This link holds no code. Ask for a new one.";
  }
  const answer = await fetch("/api/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.ok) {
    location.replace(place());
    return "You are signed in.";
  }
  const problem = await answer.json().catch(() => ({}));
  return problem.detail || "That did not work. Ask for a new link.";
}

// Where the front end was when the sign-in ended, else its home.
function place() {
  try {
    const kept = localStorage.getItem("expenseflow:return");
    localStorage.removeItem("expenseflow:return");
    return kept && kept.startsWith("/app/") ? kept : "/app/";
  } catch {
    return "/app/"; // a browser that keeps nothing
  }
}

signIn()
  .catch(() => "The server does not answer. Try the link again in a moment.")
  .then((words) => { state.textContent = words; });
