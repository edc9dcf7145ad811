// Follows an address once, as soon as it is there: the browser takes what it answers for a file and stays on the page.
export default function ({ data, parentElement }) {
  const mark = parentElement.querySelector("span");
  if (!data.url || mark.dataset.taken === data.url) return;
  mark.dataset.taken = data.url;
  const link = document.createElement("a");
  link.href = data.url;
  link.download = "";
  document.body.appendChild(link);
  link.click();
  link.remove();
}
