/// How the page looks: light, dark, narrow and printed.
enum Stylesheet {
    static let text: StaticString = """
        :root {
          color-scheme: light dark;
          --page: #fbfaf7; --card: #ffffff; --ink: #1d2126; --soft: #59616b; --line: #dcd9d1;
          --grid: #e9e6df; --link: #0a5c99; --accent: #8a5a00;
          --ok: #1f6b43; --caution: #8a5300; --bad: #a8202e;
          --c0: #0a66a8; --c1: #c2500a; --c2: #00785a; --c3: #93398a;
          --c4: #846400; --c5: #2786b8; --c6: #5c5f66; --c7: #b3364a;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171b; --card: #1b1f24; --ink: #e7e9ec; --soft: #a3abb5; --line: #353b43;
            --grid: #2a2f36; --link: #7cbcf2; --accent: #e0b35a;
            --ok: #7fd1a3; --caution: #eab464; --bad: #ff8d8d;
            --c0: #6cb6f0; --c1: #ff9b5c; --c2: #3fcf9f; --c3: #e39ad6;
            --c4: #e3c04d; --c5: #9ad7ff; --c6: #b5b8bd; --c7: #ff8f9c;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
        }
        header, main, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
        a { color: var(--link); text-decoration: none; }
        a:hover { text-decoration: underline; }
        .mast {
          display: flex; justify-content: space-between; align-items: baseline;
          padding: 20px 0 10px; border-bottom: 2px solid var(--ink);
        }
        .mark-name { font-weight: 700; font-size: 18px; letter-spacing: 0.06em; }
        .kind { color: var(--soft); }
        h1 { font-size: 30px; line-height: 1.2; margin: 24px 0 4px; font-weight: 650; }
        h2 { font-size: 21px; margin: 0 0 8px; font-weight: 650; overflow-wrap: anywhere; }
        h3 { font-size: 16px; margin: 24px 0 4px; font-weight: 650; }
        .lead { color: var(--soft); font-size: 16px; margin: 0 0 18px; }
        .cite {
          background: var(--card); border: 1px solid var(--line); border-radius: 6px;
          padding: 14px 18px;
        }
        .cite p { margin: 10px 0 0; }
        .scope { color: var(--soft); }
        nav { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 14px 0 0; }
        main > section { margin-top: 44px; scroll-margin-top: 12px; }
        .explain { color: var(--soft); max-width: 92ch; margin: 0 0 12px; }
        .explain b { color: var(--ink); font-weight: 600; }
        small { font-size: 12px; color: var(--soft); }
        dl { margin: 0; }
        .facts > div {
          display: grid; grid-template-columns: 148px minmax(0, 1fr); gap: 0 14px;
          padding: 4px 0; border-top: 1px solid var(--grid);
        }
        .facts > div:first-child { border-top: 0; }
        .facts.wide {
          display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 36px;
        }
        .facts.wide > div {
          grid-template-columns: 118px minmax(0, 1fr); border-top: 0; padding: 2px 0;
        }
        #method .facts > div { grid-template-columns: 300px minmax(0, 1fr); }
        #method .facts { margin-top: 14px; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .columns {
          display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px 36px;
        }
        .note { color: var(--caution); margin: 10px 0 0; }
        .notes, .wholes { margin: 6px 0 0; padding-left: 18px; }
        .wholes { list-style: none; padding: 8px 10px; margin: 0; }
        .tiles {
          list-style: none; padding: 0; margin: 14px 0 18px; display: grid; gap: 10px;
          grid-template-columns: repeat(auto-fill, minmax(230px, 1fr));
        }
        .tiles li {
          background: var(--card); border: 1px solid var(--line); border-radius: 6px;
          padding: 10px 12px;
        }
        .tiles .number {
          font-size: 24px; font-weight: 650; margin-right: 8px; font-variant-numeric: tabular-nums;
        }
        .tiles small { display: block; line-height: 1.35; margin-top: 2px; }
        .badge {
          display: inline-block; font-size: 11px; font-weight: 650; letter-spacing: 0.03em;
          line-height: 1.5; padding: 0 6px; border: 1px solid currentColor; border-radius: 3px;
          white-space: nowrap; vertical-align: 1px;
        }
        .badge.ok { color: var(--ok); } .badge.caution { color: var(--caution); }
        .badge.bad { color: var(--bad); }
        .flag { font-size: 13px; white-space: nowrap; }
        .scroll { overflow-x: auto; }
        .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: 5px 10px; vertical-align: top; }
        thead th {
          color: var(--soft); font-weight: 500; font-size: 13px; vertical-align: bottom;
          border-bottom: 1px solid var(--ink);
        }
        tbody th { font-weight: 500; }
        .num { text-align: right; white-space: nowrap; }
        .zero { color: var(--soft); }
        .counts td, .counts th, .plain td, .plain tbody th { border-top: 1px solid var(--grid); }
        .counts .more td, .plain .more td { border-top-color: transparent; }
        .counts td, .counts th { padding-top: 3px; padding-bottom: 3px; }
        .counts thead th:nth-child(n+3) { text-align: right; }
        .plain { margin-bottom: 14px; font-size: 14px; }
        .dense { font-size: 13px; }
        .dense td, .dense th { padding: 2px 6px; white-space: nowrap; }
        .source, .unknown { color: var(--soft); }
        .unknown { font-style: italic; }
        .results { font-size: 14px; }
        .results th, .results td { padding: 4px 8px; }
        .results tbody { border-bottom: 1px solid var(--line); }
        .results tbody th { white-space: nowrap; }
        .results small { display: block; line-height: 1.35; }
        .results .value { font-weight: 650; }
        .results .interval { white-space: nowrap; }
        .results .reason { color: var(--ink); }
        .results .backend small { min-width: 158px; max-width: 190px; overflow-wrap: anywhere; }
        .results .check { white-space: nowrap; }
        .results .check small { max-width: 210px; white-space: normal; }
        sup { line-height: 0; font-size: 11px; color: var(--soft); margin-left: 2px; }
        .citations {
          list-style: none; padding: 6px 10px 0; margin: 0; color: var(--soft); font-size: 13px;
        }
        .citations b { color: var(--ink); font-weight: 600; margin-right: 4px; }
        .axis-cell { padding: 0 10px; white-space: nowrap; }
        .axis-cell .unit { display: block; text-align: right; width: 148px; line-height: 1; }
        .strip { display: block; width: 148px; height: 20px; overflow: visible; }
        .strip .base { stroke: var(--grid); }
        .strip .ceiling { stroke: var(--ink); stroke-width: 1.5; }
        .strip .range { stroke: var(--c); stroke-width: 1.5; }
        details { margin: 8px 0 0 10px; }
        summary { cursor: pointer; color: var(--link); padding: 4px 0; }
        figure { margin: 0; }
        figcaption { font-weight: 600; padding: 0 0 2px 4px; }
        .panels {
          display: grid; gap: 18px 20px;
          grid-template-columns: repeat(auto-fill, minmax(440px, 1fr));
        }
        .chart { display: block; width: 100%; height: auto; }
        .panels .chart { max-width: 480px; }
        .narrow { display: none; }
        svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
        svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
        svg .tick { font-size: 11.5px; }
        .grid { stroke: var(--grid); } .axis { stroke: var(--soft); }
        .guide line { stroke: var(--soft); stroke-dasharray: 1 3; }
        .s0 { --c: var(--c0); } .s1 { --c: var(--c1); } .s2 { --c: var(--c2); }
        .s3 { --c: var(--c3); } .s4 { --c: var(--c4); } .s5 { --c: var(--c5); }
        .s6 { --c: var(--c6); } .s7 { --c: var(--c7); }
        .line { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
        .dashed { stroke-dasharray: 5 4; }
        .whisker { stroke: var(--c); stroke-width: 1.4; }
        .leader { stroke: var(--c); stroke-width: 0.7; }
        .mark circle, .mark path { fill: var(--c); stroke: var(--c); stroke-width: 1.4; }
        .mark.hollow circle, .mark.hollow path { fill: var(--page); }
        svg .mark-number, svg .roof-label {
          paint-order: stroke; stroke: var(--page); stroke-width: 3.5px; stroke-linejoin: round;
        }
        svg .series, svg .mark-number { fill: var(--c); font-weight: 600; }
        svg .mark-number { font-size: 11px; }
        .roof { stroke: var(--ink); stroke-width: 1.4; } .declared { stroke-dasharray: 6 5; }
        .roof-leader { stroke: var(--soft); stroke-width: 0.8; }
        .band { fill: var(--ink); opacity: 0.16; }
        svg .roof-label { fill: var(--ink); font-size: 11.5px; }
        .legend, .key { list-style: none; padding: 0; margin: 0 0 8px; }
        .legend li { display: inline-flex; align-items: center; gap: 6px; margin-right: 18px; }
        .swatch { width: 14px; height: 14px; }
        .key { columns: 3 330px; column-gap: 28px; font-size: 14px; margin-top: 6px; }
        .key li { break-inside: avoid; padding: 1px 0 1px 2.2em; text-indent: -2.2em; }
        .key b {
          display: inline-block; min-width: 1.6em; text-align: right; margin-right: 4px;
          text-indent: 0;
        }
        .flags > div {
          display: grid; grid-template-columns: 230px minmax(0, 1fr); gap: 0 18px;
          border-top: 1px solid var(--grid); padding: 8px 0; scroll-margin-top: 12px;
        }
        .flags dt { color: var(--ink); }
        .flags p { margin: 0; }
        .flags :target, :target { background: color-mix(in srgb, var(--accent) 14%, transparent); }
        section:target { background: none; }
        .severity { font-size: 12px; color: var(--soft); }
        .severity.error { color: var(--bad); } .severity.qualifier { color: var(--caution); }
        footer { color: var(--soft); margin-top: 48px; padding-bottom: 40px; }
        footer p { border-top: 1px solid var(--line); margin: 0; padding: 10px 0; }
        @media (max-width: 720px) {
          header, main, footer { padding: 0 14px; }
          h1 { font-size: 24px; }
          .columns, .facts.wide { grid-template-columns: minmax(0, 1fr); }
          .facts > div, #method .facts > div { grid-template-columns: 112px minmax(0, 1fr); }
          .flags > div { grid-template-columns: minmax(0, 1fr); }
          .wide:not(.facts) { display: none; } .narrow { display: block; }
          .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .panels { grid-template-columns: minmax(0, 1fr); }
          .stacked thead { display: none; }
          .stacked th, .stacked td { display: block; border-top: 0; padding: 1px 8px; }
          .stacked tr { display: block; border-top: 1px solid var(--grid); padding: 4px 0; }
          .stacked td { overflow-wrap: anywhere; white-space: normal; }
          .cards table, .cards tbody { display: block; }
          .cards thead {
            position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          }
          .cards tbody { padding: 8px 0; }
          .cards tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: 1px 12px; }
          .cards tr::after { content: ""; width: 100%; order: 2; }
          .cards tr::before { content: ""; width: 100%; order: 1; }
          .cards tr + tr { margin-top: 8px; }
          .results th, .results td { padding: 0; }
          .cards tbody th { font-weight: 650; }
          .cards tbody th::before, .cards td.num:not(.value)::before, .cards .check::before {
            content: attr(data-label) " "; color: var(--soft); font-weight: 400;
          }
          .cards .backend, .cards .reason { width: 100%; text-align: left; order: 0; }
          .cards .backend small { display: inline; margin-left: 6px; }
          .cards .backend small:first-child { margin-left: 0; }
          .cards .value, .cards .interval, .cards .reason, .cards .status { order: 1; }
          .cards .num, .cards .check { order: 3; font-size: 13px; }
          .cards .value { font-size: 15px; order: 1; }
          .cards .strip-cell, .pad { display: none; }
          .counts td { white-space: nowrap; }
          .source { overflow-wrap: anywhere; }
        }
        @media print {
          :root { --page: #ffffff; --card: #ffffff; }
          body { font-size: 10pt; }
          nav, details { display: none; }
          header, main, footer { max-width: none; padding: 0; }
          main > section { margin-top: 20pt; }
          figure, tr, .tiles li, .flags > div { break-inside: avoid; }
          h2, h3 { break-after: avoid; }
          .scroll { overflow: visible; }
          .results { font-size: 8pt; }
          .results th, .results td { padding: 2px 4px; }
          .results .backend small, .results .check small { min-width: 0; font-size: 7pt; }
          .results .check, .flag { white-space: normal; font-size: 8pt; }
          .strip { width: 96px; } .axis-cell .unit { width: 96px; }
          .badge { font-size: 7pt; padding: 0 3px; }
          .pad { display: none; }
        }

        """
}
