"use strict";
(() => {
  const players = [...document.querySelectorAll("audio")];
  // One sound at a time.
  for (const player of players)
    player.addEventListener("play", () => {
      for (const other of players) if (other !== player) other.pause();
    });
  for (const button of document.querySelectorAll(".swap"))
    button.addEventListener("click", () => {
      const [a, b] = button.closest("article").querySelectorAll("audio");
      const [from, to] = b.paused ? [a, b] : [b, a];
      const wasPlaying = !from.paused;
      from.pause();
      to.currentTime = Math.min(from.currentTime, to.duration || from.currentTime);
      if (wasPlaying) to.play().catch(() => {});
    });
})();
