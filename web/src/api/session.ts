/**
 * What forms of this page show to prove that they come from it: the cookie's twin, which other sites cannot
 * read. Absent for whoever is not signed in by a session.
 */
export function csrfToken(): string | undefined {
  return /(?:^|; )(?:__Host-)?carillon-csrf=([^;]+)/.exec(document.cookie)?.[1];
}
