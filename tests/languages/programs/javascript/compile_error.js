console.log("before the fault");
function broken( {
