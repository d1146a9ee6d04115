// What tests of our scripts are written with: test(name, act), same, near, holds. Kept apart from the page's own names.
"use strict";

const harness = (() => {
  const tests = new Map();

  function told(value) {
    return typeof value === "string" ? `"${value}"` : value === undefined ? "undefined" : JSON.stringify(value);
  }

  function fail(text) {
    throw new Error(text);
  }

  // Numbers however deep they lie.
  function flat(value) {
    return Array.isArray(value) ? [].concat(...value.map(flat)) : [value];
  }

  return {
    tests,
    test(name, act) {
      if (tests.has(name)) fail(`two tests are called ${name}`);
      tests.set(name, act);
    },
    same(found, wanted) {
      if (told(found) !== told(wanted)) fail(`${told(found)} is not ${told(wanted)}`);
    },
    near(found, wanted, within = 1e-6) {
      const a = flat(found), b = flat(wanted);
      if (a.length !== b.length || a.some((each, number) => !(Math.abs(each - b[number]) <= within))) fail(`${told(found)} is not near ${told(wanted)}`);
    },
    holds(value, what) {
      if (!value) fail(what ?? "it does not hold");
    },
    // "" if a test went well, else what it said.
    run(name) {
      const act = tests.get(name);
      if (!act) return `no test is called ${name}`;
      try {
        act();
        return "";
      } catch (error) {
        return `${error.message}\n${error.stack ?? ""}`;
      }
    },
  };
})();
const { test, same, near, holds } = harness;
