// The link of /console: its token stands behind the fragment sign, which no server, proxy or preview gets to see.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
document.getElementById("token").value = token;
document.getElementById(token ? "enter" : "nothing").hidden = false;
