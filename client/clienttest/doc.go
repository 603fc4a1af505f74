// Package clienttest holds a server of the API to what campsync relies on.
//
// [Run] is run against the sandbox by this package's own tests, and against any
// other server by naming it in the environment:
//
//	CAMPSYNC_TEST_URL=https://callcamp.ai/api CAMPSYNC_TEST_TOKEN=... CAMPSYNC_TEST_CAMPAIGN="Trial" \
//		go test -run TestEnvironment -v ./client/clienttest
//
// CAMPSYNC_TEST_READ_ONLY=1 leaves out all that writes. CAMPSYNC_TEST_PARAMETERS
// gives values, as a JSON object, for parameters that the campaign's record type
// requires.
//
// What is written is removed again. Its numbers are ones that Ofcom keeps for
// drama and that belong to nobody (+44 7700 900000 to 900999), and a campaign
// that calls is refused all the same, unless the server is on this machine.
//
// Where the API's documentation is silent, the suite takes every behaviour that
// campsync can live with. A check that fails says what campsync relies on.
package clienttest
