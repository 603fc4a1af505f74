//go:build race

package phone_test

// underRace is true where the race detector makes the library ten times slower.
const underRace = true
