// Landmarks and levels that Swagger UI leaves out, for those who read by them: what stands above the list of
// operations is a region with a name, and between the <h1> and the <h3> of each group there is an <h2>.
"use strict";

const landmarks = ({ React }) => ({
  wrapComponents: {
    InfoContainer: (Info) => (props) =>
      React.createElement(
        "section",
        { "aria-label": "About" },
        React.createElement(Info, props),
        React.createElement("h2", { className: "wrapper" }, "Operations"),
      ),
  },
});

const original = SwaggerUIBundle;
window.SwaggerUIBundle = Object.assign(
  (options) => original({ ...options, plugins: [...options.plugins, landmarks] }),
  original,
);
