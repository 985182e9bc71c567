"use strict";
(() => {
  const element = id => document.getElementById(id);
  const plan = JSON.parse(element("plan").textContent);
  const player = new Audio();
  const files = new Map();   // sound -> URL
  const heard = new Set();   // sounds that were heard to their end
  let trials = [];
  let at = -1;
  let playing = null;
  let isSaved = false;

  /** A number in 0..<count that nobody can foresee. */
  const random = count => crypto.getRandomValues(new Uint32Array(1))[0] % count;

  function shuffled(list) {
    const result = [...list];
    for (let last = result.length - 1; last > 0; last--) {
      const other = random(last + 1);
      [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
  }

  const pick = list => list[random(list.length)];

  /** Two versions of an item, in random order. */
  const pair = item => shuffled(item.versions).slice(0, 2);

  /** In random order, no item twice in a row where that can be had. */
  function apart(trials) {
    const repeats = list => list.filter((trial, index) => list[index - 1]?.item === trial.item).length;
    let best = shuffled(trials);
    for (let tries = 0; tries < 200 && repeats(best) > 0; tries++) {
      const other = shuffled(trials);
      if (repeats(other) < repeats(best)) best = other;
    }
    return best;
  }

  const scales = {
    mos: {
      question: "How natural does it sound?",
      choices: [[5, "Excellent: like a person speaking"], [4, "Good"], [3, "Fair"], [2, "Poor"], [1, "Bad: not like a person at all"]],
    },
    cmos: {
      question: "How does B sound, compared with A?",
      choices: [[3, "Much better"], [2, "Better"], [1, "Slightly better"], [0, "About the same"], [-1, "Slightly worse"], [-2, "Worse"], [-3, "Much worse"]],
    },
    abx: { question: "Which one is X?", choices: [[1, "X is A"], [2, "X is B"]] },
  };

  /** Every question of the plan: ratings first, so that comparisons do not teach the ear what to look for. */
  function makeTrials() {
    const make = {
      mos: item => item.versions.map(version => ({ question: "mos", item, sounds: { A: version } })),
      cmos: item => { const [A, B] = pair(item); return B ? [{ question: "cmos", item, sounds: { A, B } }] : []; },
      abx: item => { const [A, B] = pair(item); return B ? [{ question: "abx", item, sounds: { A, B, X: pick([A, B]) } }] : []; },
    };
    return ["mos", "cmos", "abx"].filter(name => plan.questions.includes(name))
      .flatMap(name => apart(plan.items.flatMap(make[name])));
  }

  function file(sound) {
    if (!files.has(sound)) {
      const bytes = Uint8Array.from(atob(element(sound).textContent), letter => letter.charCodeAt(0));
      files.set(sound, URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" })));
    }
    return files.get(sound);
  }

  function play(letter) {
    const trial = trials[at];
    const version = trial?.sounds[letter];
    if (!version) return;
    const wasPlaying = playing?.letter === letter;
    stop();
    if (wasPlaying) return;
    playing = { letter, key: `${at} ${letter}`, button: element("sounds").querySelector(`[data-letter="${letter}"]`) };
    playing.button.setAttribute("aria-pressed", "true");
    player.src = file(version.sound);
    player.play().catch(stop);
    requestAnimationFrame(tick);
  }

  function tick() {
    if (!playing) return;
    playing.button.style.setProperty("--heard", player.duration ? player.currentTime / player.duration : 0);
    requestAnimationFrame(tick);
  }

  function stop() {
    if (!playing) return;
    player.pause();
    playing.button.setAttribute("aria-pressed", "false");
    playing.button.style.setProperty("--heard", heard.has(playing.key) ? 1 : 0);
    playing = null;
  }

  player.addEventListener("ended", () => {
    heard.add(playing.key);
    stop();
    element("hint").textContent = "";
  });

  function show(index) {
    stop();
    at = index;
    const trial = trials[at];
    const scale = scales[trial.question];
    element("count").textContent = `${at + 1} of ${trials.length}`;
    const bar = document.querySelector(".progress");
    bar.setAttribute("aria-valuemax", trials.length);
    bar.setAttribute("aria-valuenow", at + 1);
    bar.firstElementChild.style.width = `${100 * (at + 1) / trials.length}%`;
    element("question").textContent = scale.question;
    element("hint").textContent = "";
    element("sounds").replaceChildren(...Object.keys(trial.sounds).map(letter => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.letter = letter;
      button.setAttribute("aria-pressed", "false");
      button.textContent = trial.question === "mos" ? "Play" : letter;
      button.style.setProperty("--heard", heard.has(`${at} ${letter}`) ? 1 : 0);
      const hint = document.createElement("small");
      hint.textContent = trial.question === "mos" ? "Space" : `key ${letter}`;
      button.append(hint);
      button.addEventListener("click", () => play(letter));
      return button;
    }));
    element("choices").replaceChildren(...scale.choices.map(([value, text], index) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: "choice", value, checked: trial.value === value });
      input.addEventListener("change", () => { trial.value = value; element("hint").textContent = ""; });
      const key = document.createElement("kbd");
      key.textContent = trial.question === "mos" ? value : index + 1;
      label.append(input, text, key);
      return label;
    }));
    element("back").disabled = at === 0;
    element("next").textContent = at === trials.length - 1 ? "Finish" : "Next";
    element("question").focus();
  }

  function next() {
    const trial = trials[at];
    const missing = Object.keys(trial.sounds).filter(letter => !heard.has(`${at} ${letter}`));
    if (missing.length) {
      element("hint").textContent = trial.question === "mos" ? "Listen to the end first." : `Listen to ${missing.join(" and ")} to the end first.`;
      return;
    }
    if (trial.value === undefined) {
      element("hint").textContent = "Choose an answer first.";
      return;
    }
    if (at + 1 < trials.length) return show(at + 1);
    stop();
    element("trial").hidden = true;
    element("end").hidden = false;
    element("answers").value = answers();
    element("end-name").focus();
  }

  /** What is saved: only here the versions get their names back. */
  function answers() {
    const name = thing => new TextDecoder().decode(Uint8Array.from(atob(thing.name), letter => letter.charCodeAt(0)));
    return JSON.stringify({
      version: 1, test: plan.test, listener: element("listener").value.trim() || element("listener").dataset.name,
      answers: trials.map(({ question, item, sounds, value }) => ({
        question, item: name(item), first: name(sounds.A), second: sounds.B && name(sounds.B),
        hidden: sounds.X && name(sounds.X), value,
      })),
    }, null, 1);
  }

  element("listener").dataset.name = `listener-${random(0xffffffff).toString(36)}`;
  trials = makeTrials();
  element("minutes").textContent = Math.max(1, Math.round(trials.length * 14 / 60));
  element("begin").addEventListener("click", () => {
    element("welcome").hidden = true;
    element("trial").hidden = false;
    show(0);
  });
  element("next").addEventListener("click", next);
  element("back").addEventListener("click", () => show(Math.max(0, at - 1)));
  element("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([answers()], { type: "application/json" }));
    link.download = `listening-${plan.test.slice(0, 6)}-${element("listener").dataset.name.slice(9)}.json`;
    link.click();
    isSaved = true;
  });

  document.addEventListener("keydown", event => {
    if (element("trial").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const trial = trials[at];
    const letter = event.key.toUpperCase();
    if (trial.sounds[letter]) return play(letter);
    if (event.key === " " && event.target.tagName !== "BUTTON" && trial.question === "mos") {
      event.preventDefault();
      return play("A");
    }
    if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      return next();
    }
    if (event.key >= "1" && event.key <= "9") {
      const inputs = [...element("choices").querySelectorAll("input")];
      const input = trial.question === "mos" ? inputs.find(input => input.value === event.key) : inputs[event.key - 1];
      input?.click();
      input?.focus();
    }
  });

  addEventListener("beforeunload", event => {
    if (at >= 0 && !isSaved) event.preventDefault();
  });
})();
