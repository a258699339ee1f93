import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { JobPace } from "@/features/report-jobs/job-pace";
import { aCompletedJob, aJob, aRunningJob } from "@/testing/factories";

const START = Date.parse("2026-02-01T09:00:00Z");
const after = (seconds: number) => START + seconds * 1000;
const fact = (name: string) => screen.getByText(name).nextElementSibling;

test("the pace is said once enough was heard, and goes down when nothing comes", () => {
  const job = aRunningJob({ processedLines: 100, startedAt: "2026-02-01T09:00:00Z" });
  const { rerender } = render(<JobPace job={job} heardAt={after(0)} />);
  expect(fact("Pace")).toHaveTextContent("Too early to say");
  rerender(<JobPace job={{ ...job, processedLines: 120 }} heardAt={after(10)} />);
  expect(fact("Pace")).toHaveTextContent("120 lines a minute");
  rerender(<JobPace job={{ ...job, processedLines: 120 }} heardAt={after(60)} />);
  expect(fact("Pace")).toHaveTextContent("20 lines a minute");
  rerender(<JobPace job={{ ...job, processedLines: 120 }} heardAt={after(200)} />);
  rerender(<JobPace job={{ ...job, processedLines: 120 }} heardAt={after(280)} />);
  expect(fact("Pace")).toHaveTextContent("No new line in the last moments");
});

test("the time left is that of when the job was heard of", () => {
  const job = aRunningJob({ estimatedCompletionAt: "2026-02-01T09:02:00Z" });
  render(<JobPace job={job} heardAt={after(0)} />);
  expect(fact("Time left")).toHaveTextContent("About 2 minutes");
});

test("a job that waits has no time and no pace yet", () => {
  render(<JobPace job={aJob()} heardAt={after(0)} />);
  expect(fact("Time")).toHaveTextContent("Not started yet");
  expect(fact("Pace")).toHaveTextContent("Not started yet");
});

test("a job that has ended says what it took, and no pace any more", () => {
  const startedAt = "2026-02-01T09:00:00Z";
  const job = aCompletedJob({ startedAt, completedAt: "2026-02-01T09:00:17Z" });
  const { rerender } = render(<JobPace job={job} heardAt={after(600)} />);
  expect(fact("Time")).toHaveTextContent("Took 17 seconds");
  expect(screen.queryByText("Pace")).not.toBeInTheDocument();
  const cancelled = aCompletedJob({ status: "Cancelled", startedAt: null });
  rerender(<JobPace job={cancelled} heardAt={after(600)} />);
  expect(fact("Time")).toHaveTextContent("It never started");
});
