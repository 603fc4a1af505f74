//go:build !race

package phone_test

const underRace = false
