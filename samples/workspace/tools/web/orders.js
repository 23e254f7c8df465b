import { fetchJson } from './fetchJson.js';
import { showError, showList } from './list.js';

/** Shows the newest orders. */
export async function showOrders(element) {
  try {
    const orders = await fetchJson('/orders', { limit: 20 });
    showList(element, orders.map((order) => `${order.id}: ${order.total} EUR`));
  } catch (error) {
    showError(element, error);
  }
}
