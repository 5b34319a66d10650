"use strict";

const size = document.getElementById("size");

chrome.storage.local.get({ size: 18 }).then((stored) => {
  size.value = stored.size;
});

size.addEventListener("change", () => {
  chrome.storage.local.set({ size: Number(size.value) });
});

// The click on the toolbar button grants activeTab for this one page, until it is left.
document.getElementById("read").addEventListener("click", async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  await chrome.scripting.executeScript({
    target: { tabId: tab.id },
    func: showColumn,
    args: [Number(size.value)],
  });
  window.close();
});

// showColumn runs in the page.
function showColumn(pixels) {
  const style = document.createElement("style");
  style.textContent = `
    body { max-width: 38em; margin: 2em auto; font: ${pixels}px/1.6 serif; color: #222; background: #fbf8f1; }
    nav, aside, iframe { display: none; }`;
  document.head.append(style);
}
