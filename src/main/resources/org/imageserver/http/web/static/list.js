// The list of images beyond what htmx does: the filters stay open while one chooses, "/" goes to the search, links
// that take the words away empty the field, and a server that does not answer is said.
const field = document.getElementById('q');
const count = document.getElementById('count');
let areFiltersOpen = false;

document.addEventListener('htmx:beforeSwap', () => {
  areFiltersOpen = document.getElementById('facets')?.open ?? false;
});
document.addEventListener('htmx:afterSwap', () => {
  const facets = document.getElementById('facets');
  if (facets) {
    facets.open = areFiltersOpen;
  }
});

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-clears-words]')) {
    field.value = '';
  }
});

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select');
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

for (const failure of ['htmx:sendError', 'htmx:responseError']) {
  document.addEventListener(failure, () => {
    count.textContent = 'The server did not answer. What you see is from before; try again in a moment.';
  });
}
