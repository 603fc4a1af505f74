package mapping

import (
	"slices"
	"strings"
)

// Targets of the record and of the order, see the package comment. A
// parameter's target is parameterPrefix and its id.
const (
	targetName      = "name"
	targetFirstName = "firstName"
	targetLastName  = "lastName"
	targetEmail     = "email"
	targetPhone     = "phoneNumber"
	targetCountry   = "country"
	targetUUID      = "recordUuid"
	targetTime      = "order.scheduledTime"
	targetZone      = "order.timezone"
	targetDuration  = "order.durationSeconds"
	targetPrice     = "order.price"
	targetCurrency  = "order.currencyCode"
	targetWords     = "order.instructions"

	parameterPrefix = "parameters."
)

// recordTargets are the base fields of a record in the order in which they
// are sent.
var recordTargets = []string{targetName, targetFirstName, targetLastName, targetEmail, targetPhone, targetCountry}

var orderTargets = []string{targetTime, targetZone, targetDuration, targetPrice, targetCurrency, targetWords}

// fixedTargets are all but the parameters.
var fixedTargets = slices.Concat(recordTargets, []string{targetUUID}, orderTargets)

// targets are all that a mapping to the record type may name.
func (rt *RecordType) targets() []string {
	all := slices.Clone(fixedTargets)
	for _, f := range rt.Fields {
		all = append(all, parameterPrefix+f.ID)
	}
	return all
}

// checkTarget says what is wrong with a target: message and hint, "" where it
// exists.
func (rt *RecordType) checkTarget(target string) (message, hint string) {
	id, isParameter := strings.CutPrefix(target, parameterPrefix)
	switch {
	case slices.Contains(fixedTargets, target):
		return "", ""
	case !isParameter:
		return "there is no target " + quote(target), didYouMean(target, rt.targets())
	case id == "":
		return "a parameter needs its id, as in " + quote(parameterPrefix+"amount"), ""
	case rt.Parameters == None:
		return "the campaign has no record type, so its records take no parameters: " + quote(target), "take the line out, or give the campaign a record type"
	case rt.Parameters == Free || rt.field(id) != nil:
		return "", ""
	}
	var ids []string
	for _, f := range rt.Fields {
		ids = append(ids, f.ID)
	}
	return "the record type" + named(rt.Name) + " has no parameter " + quote(id), didYouMean(id, ids)
}

// named is a name to follow what it names, "" where there is none.
func named(name string) string {
	if name == "" {
		return ""
	}
	return " " + quote(name)
}
