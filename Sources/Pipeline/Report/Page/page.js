"use strict";
(() => {
  const turns = [...document.querySelectorAll(".turn")];
  /** What is heard: one turn in one version, or nothing. */
  const player = new Audio();
  let playing = null;   // {turn, version}
  const places = new Map();   // turn -> second at which it was left
  const files = new Map();   // "turn-3 new" -> URL of the sound

  const sound = (turn, version) => turn.querySelector(`[data-sound="${version}"]`);
  const seconds = turn => turn.dataset.end - turn.dataset.start;
  const visible = () => turns.filter(turn => !turn.hidden);

  /** The sound as a file of the browser's own, made when it is first wanted. */
  function file(turn, version) {
    const key = `${turn.id} ${version}`;
    if (!files.has(key)) {
      const bytes = Uint8Array.from(atob(sound(turn, version).textContent), letter => letter.charCodeAt(0));
      files.set(key, URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" })));
    }
    return files.get(key);
  }

  /** Plays a turn. The versions run side by side, so a change of version goes on at the same word. */
  function play(turn, version, at = null) {
    if (!sound(turn, version)) return;
    const place = at ?? (playing?.turn === turn ? player.currentTime : places.get(turn) ?? 0);
    if (playing && playing.turn !== turn) stop();
    playing = { turn, version };
    player.src = file(turn, version);
    player.currentTime = place < seconds(turn) - 0.05 ? place : 0;
    player.play().catch(() => stop());
    show();
  }

  function stop() {
    if (!playing) return;
    const { turn } = playing;
    places.set(turn, player.ended ? 0 : player.currentTime);
    player.pause();
    playing = null;
    show(turn);
  }

  function toggle(turn, version) {
    if (playing?.turn === turn && playing.version === version) stop();
    else play(turn, version);
    turn.dataset.version = version;
  }

  function show(left = null) {
    for (const turn of new Set([left, playing?.turn])) {
      if (!turn) continue;
      const isPlaying = playing?.turn === turn;
      turn.classList.toggle("playing", isPlaying);
      for (const button of turn.querySelectorAll("[data-play]"))
        button.setAttribute("aria-pressed", isPlaying && button.dataset.play === playing.version);
      move(turn, isPlaying ? player.currentTime : places.get(turn) ?? 0, isPlaying);
    }
    if (playing) requestAnimationFrame(tick);
  }

  function tick() {
    if (!playing) return;
    move(playing.turn, player.currentTime, true);
    requestAnimationFrame(tick);
  }

  /** Puts the line, the clock and the lit word where the sound is. */
  function move(turn, at, isPlaying) {
    const head = turn.querySelector(".playhead");
    head.hidden = !isPlaying && at === 0;
    head.style.left = `${Math.min(100, 100 * at / seconds(turn))}%`;
    const clock = turn.querySelector(".clock");
    if (clock) clock.textContent = head.hidden ? "" : `${at.toFixed(1)} s`;
    for (const word of turn.querySelectorAll(".word")) {
      const [from, to] = word.dataset.ms.split(" ");
      word.classList.toggle("heard", isPlaying && 1000 * at >= from && 1000 * at < to);
    }
  }

  /** Goes to a place in a turn, in the version that was heard last. */
  function seek(turn, at) {
    const version = playing?.turn === turn ? playing.version : turn.dataset.version ?? "new";
    const place = Math.max(0, Math.min(seconds(turn) - 0.05, at));
    if (playing?.turn === turn) player.currentTime = place;
    else play(turn, sound(turn, version) ? version : "original", place);
  }

  function reach(turn) {
    if (turn.hidden) filter(document.querySelector("[data-filter=all]"));
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "nearest" });
  }

  player.addEventListener("ended", stop);

  document.addEventListener("click", event => {
    const bar = event.target.closest("[data-turn]");
    if (bar) return reach(document.getElementById(bar.dataset.turn));
    const turn = event.target.closest(".turn");
    const button = event.target.closest("button");
    if (button?.dataset.filter) return filter(button);
    if (!turn) return;
    if (button?.dataset.play) return toggle(turn, button.dataset.play);
    const word = event.target.closest(".word");
    if (word) return seek(turn, word.dataset.ms.split(" ")[0] / 1000);
    const plots = event.target.closest(".plots");
    if (plots) {
      const box = plots.getBoundingClientRect();
      seek(turn, seconds(turn) * (event.clientX - box.left) / box.width);
    }
  });

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = event.target.closest(".turn");
    const list = visible();
    const go = step => {
      const next = turn ? list[list.indexOf(turn) + step] : list[step > 0 ? 0 : list.length - 1];
      if (!next) return;
      event.preventDefault();
      reach(next);
    };
    if (!turn && event.target !== document.body && event.target.id !== "turns") return;
    switch (event.key) {
      case "ArrowDown": if (turn) go(1); else if (event.target.id === "turns") go(1); break;
      case "ArrowUp": if (turn) go(-1); break;
      case "j": go(1); break;
      case "k": go(-1); break;
      case "1": case "2": case "3":
        if (turn) toggle(turn, ["original", "new", "bed"][event.key - 1]);
        break;
      case "ArrowLeft": case "ArrowRight":
        if (turn && playing?.turn === turn) {
          event.preventDefault();
          seek(turn, player.currentTime + (event.key === "ArrowLeft" ? -1 : 1));
        }
        break;
      case " ":
        if (turn && event.target === turn) {
          event.preventDefault();
          const version = turn.dataset.version ?? "new";
          toggle(turn, sound(turn, version) ? version : "original");
        }
        break;
      case "Escape": stop(); break;
    }
  });

  function filter(button) {
    for (const other of button.parentElement.children) other.setAttribute("aria-pressed", other === button);
    const wanted = button.dataset.filter;
    for (const turn of turns) turn.hidden = wanted !== "all" && turn.dataset.mark !== wanted;
    if (playing?.turn.hidden) stop();
    document.getElementById("nothing").hidden = visible().length > 0;
  }

  /** A table that is wider than its place can be moved by keyboard. */
  function letTablesBeReached() {
    for (const table of document.querySelectorAll(".wide"))
      if (table.scrollWidth > table.clientWidth) table.tabIndex = 0; else table.removeAttribute("tabindex");
  }
  addEventListener("resize", letTablesBeReached);
  document.addEventListener("toggle", letTablesBeReached, true);
  letTablesBeReached();
})();
