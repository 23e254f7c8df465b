import { fetchJson } from './fetchJson.js';
import { showError, showList } from './list.js';

/** Shows the newest customers. */
export async function showCustomers(element) {
  try {
    const customers = await fetchJson('/customers', { limit: 20 });
    showList(element, customers.map((customer) => `${customer.name} <${customer.email}>`));
  } catch (error) {
    showError(element, error);
  }
}
