import { asciiJson } from "./text";

/** Commands to paste. Their texts are ASCII, so that no program can hide anything in them. */

const LOCAL = "http://127.0.0.1:8000";

/** The shell gets the body by a here-document, in which nothing is expanded; JSON in one line cannot end it early. */
export function curl(path: string, body: unknown, base = LOCAL, key = false): string {
  const headers = ["-H 'Content-Type: application/json'", ...(key ? ['-H "Authorization: Bearer $MICROCODER_API_KEY"'] : [])];
  return `curl -s ${base}${path} ${headers.join(" ")} -d @- <<'END'\n${asciiJson(body)}\nEND\n`;
}

export function pythonClient(body: Record<string, unknown>, base = LOCAL): string {
  return [
    "import json",
    "",
    "from evaluator.schema import Submission",
    "from trainer_client import EvaluatorClient",
    "",
    `BODY = json.loads(${asciiJson(asciiJson(body))})`,
    "",
    `with EvaluatorClient(${asciiJson(base)}) as client:`,
    "    report = client.grade(Submission.model_validate(BODY))",
    "print(report.verdict, report.score, report.reason or \"\")",
    "",
  ].join("\n");
}
