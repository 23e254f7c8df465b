export function showList(element, lines) {
  element.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement('li');
      item.textContent = line;
      return item;
    }),
  );
}

export function showError(element, error) {
  element.textContent = error.message;
  element.classList.add('error');
}
