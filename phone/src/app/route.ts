/** Where the person is: in the address, so that back, forward and a reload do what they should. */
import { shallowRef } from "vue";

import { hashOf, parseRoute, type Route } from "../visit/route.ts";

export const route = shallowRef<Route>(parseRoute(location.hash));

addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
  scrollTo(0, 0);
});

export function go(to: Route): void {
  location.hash = hashOf(to);
}
