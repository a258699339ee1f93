import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import { NoAnswer } from "@/api/problem-error";
import type { components, operations } from "@/api/schema.gen";

export type Statement = components["schemas"]["StatementOut"];
export type Preview = components["schemas"]["PreviewOut"];
export type PreviewRow = components["schemas"]["PreviewRowOut"];
export type Choice = NonNullable<PreviewRow["chosen"]>;

type Form = operations["previewStatement"]["requestBody"]["content"]["multipart/form-data"];
/** How a file is to be read; what is not said, the file shows itself. */
export type Reading = NonNullable<Form["mapping"]>;

/** A file with what a person says about it. */
export interface Upload {
  file: File;
  account: string;
  currency: string;
  reading: Reading;
  /** By row number. */
  choices: Readonly<Record<string, Choice>>;
}

export const statementKeys = {
  all: ["statements"] as const,
  lists: () => [...statementKeys.all, "list"] as const,
  list: (page: number) => [...statementKeys.lists(), page] as const,
  previews: () => [...statementKeys.all, "preview"] as const,
  /** A file cannot be a part of a key: `draft` names it. */
  preview: (draft: string, said: Omit<Upload, "file">) =>
    [...statementKeys.previews(), draft, said] as const,
};

export const STATEMENTS_PER_PAGE = 20;
const MINUTE_MS = 60_000;

/** A page of the imported files, newest first. */
export function statementsQuery(page: number) {
  return queryOptions({
    queryKey: statementKeys.list(page),
    queryFn: ({ signal }) => fetchStatements(page, signal),
  });
}

/** What an import would do with each row. Asked again only when something was said or stored. */
export function previewQuery(draft: string, upload: Upload) {
  const { account, currency, reading, choices } = upload;
  // eslint-disable-next-line @tanstack/query/exhaustive-deps -- `draft` names the file
  return queryOptions({
    queryKey: statementKeys.preview(draft, { account, currency, reading, choices }),
    queryFn: ({ signal }) => fetchPreview(upload, signal),
    staleTime: Infinity,
    gcTime: MINUTE_MS, // some megabytes each
  });
}

function fetchStatements(page: number, signal: AbortSignal) {
  const query = { page, pageSize: STATEMENTS_PER_PAGE };
  return unwrap(client.GET("/api/statements", { params: { query }, signal }));
}

function fetchPreview(upload: Upload, signal: AbortSignal): Promise<Preview> {
  const call = client.POST("/api/statements/preview", { ...formOf(upload), signal });
  return sent(upload.file, call);
}

/** Import the file exactly as a preview of it showed. */
export function importStatement(upload: Upload, preview: Preview): Promise<Statement> {
  // The API writes the two signs as plain text in what it sends, and lists them in what it takes.
  const reading = preview.mapping as Reading;
  return sent(upload.file, client.POST("/api/statements", formOf({ ...upload, reading })));
}

export function undoStatement(id: string) {
  const params = { path: { statement_id: id } };
  return unwrap(client.DELETE("/api/statements/{statement_id}", { params }));
}

/** The file was changed, moved or is a folder: the browser cannot read it (any more). */
export class FileGone extends Error {
  constructor(cause: unknown) {
    super("the file cannot be read", { cause });
    this.name = "FileGone";
  }
}

/** A file that cannot be read fails as the network does; which of the two is found out here. */
async function sent<Data>(file: File, call: Parameters<typeof unwrap<Data>>[0]) {
  try {
    return await unwrap(call);
  } catch (error) {
    if (error instanceof NoAnswer && !(await isReadable(file))) {
      throw new FileGone(error);
    }
    throw error;
  }
}

async function isReadable(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

function formOf({ file, account, currency, reading, choices }: Upload) {
  const body: Form = {
    file: file as unknown as string, // OpenAPI calls the bytes of a file a string
    ...(account === "" ? {} : { account }),
    ...(currency === "" ? {} : { currency }),
    mapping: reading,
    decisions: { ...choices },
  };
  return { body, bodySerializer: multipart };
}

function multipart(body: Form): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    const isPlain = typeof value === "string" || value instanceof File;
    form.append(name, isPlain ? value : JSON.stringify(value));
  }
  return form;
}
