package cuts

// nodeVariable is the environment variable that makes this test's program a node.
const nodeVariable = "LUUKKU_CUTS_NODE"

func serveNode() int { return 2 }
