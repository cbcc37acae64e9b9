/** Prints `N passed, N failed` from the JSON report of a vitest run; exits with 1 if it was not a clean one. */
import { readFileSync } from "node:fs";

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    console.log("The tests did not run to their end.");
    return { numPassedTests: 0, numFailedTests: 0, testResults: [], success: false };
  }
}

const { numPassedTests, numFailedTests, testResults, success } = readReport(process.argv[2]);
// A file that can't be loaded has no tests to fail; it counts as one.
const unloaded = testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);
for (const { name, message } of unloaded) console.log(`${name}: ${message}`);
console.log(`${numPassedTests} passed, ${numFailedTests + unloaded.length} failed`);
process.exitCode = success ? 0 : 1;
