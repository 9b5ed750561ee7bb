/** What went wrong with a view. */
export function Problem({ children }: { readonly children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <p class="notice warn" role="alert">
      {children}
    </p>
  );
}
