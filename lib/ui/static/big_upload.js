// Sends one file to the streaming route and says how far it is; the server hears of the job it became.
export default function ({ parentElement, data, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const said = parentElement.querySelector("output");
  input.setAttribute("aria-label", data.label);
  input.onchange = () => {
    const file = input.files[0];
    if (!file) return;
    const request = new XMLHttpRequest();
    const stop = (words) => {
      said.textContent = words;
      input.disabled = false;
      input.value = "";
    };
    request.open("POST", `${data.url}&name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (step) => {
      const percent = Math.floor((100 * step.loaded) / step.total);
      said.textContent = percent < 100 ? `${percent} % of ${file.name} is sent` : "Keeping the file as it came";
    };
    request.onerror = () => stop("The connection broke, so nothing was taken. Choose the file again.");
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not the desk's own words */ }
      if (request.status === 201) {
        said.textContent = "It is queued for the worker.";
        setTriggerValue("job", answer.job);
      } else {
        const error = answer.error || { message: "The desk did not take the file.", hint: "" };
        stop(`${error.message} ${error.hint}`.trim());
      }
    };
    input.disabled = true;
    request.send(file);
  };
}
