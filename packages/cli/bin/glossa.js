#!/usr/bin/env node
// Not dist/main.js itself: npm makes no link to a file that is not there yet, and a clone is installed before it is built.
import "../dist/main.js";
