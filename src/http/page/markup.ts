/** What the page is made of; `isEarly` when it stands in for ComfyUI on ComfyUI's own port. */
export type Parts = { readonly style: string; readonly script: string; readonly isEarly: boolean }

/** The page as HTML. It holds no data: all that is known comes by script, as text. */
export function markup({ style, script, isEarly }: Parts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>comfy-init</title>
<link id="icon" rel="icon" href="data:,">
<style>${style}</style>
</head>
<body data-tone="wait"${isEarly ? ' data-early' : ''}>
<a class="skip" href="#lines">Skip to the log</a>
${HEADER}${MAIN}${FOOTER}<p id="said" role="status"></p>
<script type="module">${script}</script>
</body>
</html>
`
}

const HEADER = `<header>
  <h1 id="headline" aria-live="polite">Looking…</h1>
  <p id="now"></p>
  <p id="lead">
    <a id="open" class="open" hidden>Open ComfyUI</a>
    <label id="go-box" hidden><input id="go" type="checkbox"> Open ComfyUI here as soon as it is ready</label>
  </p>
  <noscript><p>This page needs its script. The same as JSON: <a href="status">status</a></p></noscript>
</header>
`

const MAIN = `<main>
  <section id="conditions" aria-label="Conditions" hidden><div class="inside"></div></section>
  <section id="services" aria-labelledby="services-title" hidden>
    <h2 id="services-title">Services</h2>
    <ul class="inside"></ul>
    <details id="doing">
      <summary>Restart and stop from here</summary>
      <form id="sign-in">
        <label for="token">The token (COMFY_TOKEN)</label>
        <input id="token" type="password" autocomplete="current-password" required>
        <button>Let me act</button>
      </form>
      <button id="sign-out" type="button" hidden>Leave: act no more</button>
    </details>
  </section>
  <section id="deaths" aria-labelledby="deaths-title" hidden>
    <h2 id="deaths-title">Last deaths</h2>
    <ul class="inside"></ul>
  </section>
  <section id="problems" aria-labelledby="problems-title" hidden>
    <h2 id="problems-title">Problems</h2>
    <div class="inside"></div>
  </section>
  <section id="steps" aria-label="Steps" hidden>
    <details id="steps-box" open>
      <summary><h2>Steps</h2> <span id="steps-count" class="soft"></span></summary>
      <ol class="inside"></ol>
    </details>
  </section>
  <section id="log" aria-labelledby="log-title">
    <div class="bar">
      <h2 id="log-title">Log</h2>
      <label id="choice" hidden>of <select id="service"><option value="">all services</option></select></label>
      <button id="follow" type="button" class="small" hidden>Follow</button>
    </div>
    <div id="lines" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0" data-quiet="No lines yet."></div>
  </section>
</main>
`

const FOOTER = `<footer>
  <section id="addresses" aria-label="Addresses" hidden><ul class="inside"></ul></section>
  <p><span id="about"></span> · <a href="status">status as JSON</a></p>
</footer>
`
