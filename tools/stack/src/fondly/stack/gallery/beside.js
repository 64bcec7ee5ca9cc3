/* Beside the email: the customer, the picks, or how the copy came about */

const besides = matchMedia("(min-width: 1181px)"); // narrower, it covers the email
const BESIDE = { customer: drawCustomer, picks: drawPicks, copy: drawCopy };

function selectBeside(wanted) {
  state.beside = wanted;
  element("beside").hidden = !wanted;
  element("reader").classList.toggle("with-beside", Boolean(wanted));
  for (const button of element("choose-beside").children) {
    button.setAttribute("aria-pressed", String(button.dataset.beside === wanted));
  }
  if (wanted) element("beside").setAttribute("aria-label", `Beside the email: ${wanted}`);
}

function chooseBeside(wanted) {
  selectBeside(state.beside === wanted ? "" : wanted);
  if (selected >= 0) drawBody();
}

async function drawBeside(email, found) {
  if (!state.beside) return;
  const wanted = state.beside;
  let drawn;
  try {
    drawn = found ? await BESIDE[wanted](email, found) : [];
  } catch (error) {
    drawn = [node("p", "trouble", `This cannot be shown: ${error.message}.`)];
  }
  if (email.index !== selected || wanted !== state.beside) return; // the reader has moved on
  element("beside").replaceChildren(...drawn);
  element("beside").scrollTop = 0;
}

function section(title, ...content) {
  return node("section", "", node("h3", "", title), ...content);
}

function facts(pairs) {
  const list = node("dl", "facts");
  for (const [name, value] of pairs.filter(([, value]) => value)) list.append(node("dt", "", name), node("dd", "", value));
  return list;
}
