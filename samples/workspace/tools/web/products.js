import { fetchJson } from './fetchJson.js';
import { showError, showList } from './list.js';

/** Shows the newest products. */
export async function showProducts(element) {
  try {
    const products = await fetchJson('/products', { limit: 20 });
    showList(element, products.map((product) => `${product.sku}: ${product.title}`));
  } catch (error) {
    showError(element, error);
  }
}
