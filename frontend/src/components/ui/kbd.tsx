/** A key to press. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex min-w-6 justify-center rounded border border-b-2 bg-muted px-1.5 py-0.5 font-mono text-xs">
      {children}
    </kbd>
  );
}
