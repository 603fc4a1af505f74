package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/campsync/campsync/importer"
)

// A run that is gone on with keeps its lists of numbers that must not be called:
// more may be given and they may be elsewhere, and none of them is dropped.

// union are the texts of both, each once.
func union(a, b []string) []string {
	var all []string
	for _, text := range slices.Concat(a, b) {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// listsBeside are the names of the lists that the plan has beside those of another.
func (p *sendPlan) listsBeside(other sendPlan) []string {
	var names []string
	for _, path := range p.Suppress {
		if !slices.Contains(other.Suppress, path) {
			names = append(names, shortPath(path))
		}
	}
	for _, campaign := range p.SuppressCampaigns {
		if !slices.Contains(other.SuppressCampaigns, campaign) {
			names = append(names, "campaign "+campaign)
		}
	}
	return names
}

// lists refuses suppression lists in the place of others: who is on those would be
// called. A run that has picked its orders reads none.
func (o *resumeOptions) lists(run *foundRun) error {
	if len(o.suppress) == 0 {
		return nil
	}
	if run.plan.Bulk != nil {
		return usageError("leave --suppress out", fmt.Errorf("run %s has picked its orders: it reads no suppression list again", run.Name))
	}
	given, err := absolute(o.suppress)
	if err != nil {
		return err
	}
	dropped, err := droppedLists(run, given)
	if err != nil || len(dropped) == 0 {
		return err
	}
	return usageError("name all of them, each with --suppress; one that is newer and lies elsewhere goes to where the old one was",
		fmt.Errorf("run %s goes by %s, which --suppress leaves out: no file that it names has the path or the bytes", run.Name, strings.Join(dropped, " and ")))
}

// droppedLists are the names of a run's lists that the given files do not have:
// none of them has the path, nor what was read there last.
func droppedLists(run *foundRun, given []string) ([]string, error) {
	var dropped, sums []string
	read := readLists(run.plan.Send.Suppress, run.Suppression)
	for _, path := range run.plan.Send.Suppress {
		if slices.Contains(given, path) {
			continue
		}
		for _, other := range given[len(sums):] {
			sum, err := fileSum(other)
			if err != nil {
				return nil, usageError(neverPassedOver, unreadListError{err})
			}
			sums = append(sums, sum)
		}
		if sum := read[path].SHA256; sum == "" || !slices.Contains(sums, sum) {
			dropped = append(dropped, shortPath(path))
		}
	}
	return dropped, nil
}

// readLists are the files of suppressed numbers as they were read, by their paths;
// lists has them in the order of paths, and campaigns behind them.
func readLists(paths []string, lists []importer.SuppressionList) map[string]importer.SuppressionList {
	read := make(map[string]importer.SuppressionList, len(paths))
	for i, path := range paths[:min(len(paths), len(lists))] {
		read[path] = lists[i]
	}
	return read
}

// compareLists says where a file of numbers that must not be called is not what it
// was when the run read it last: the run goes on with what it is now.
func (x *execution) compareLists(before map[string]importer.SuppressionList, suppression *importer.Suppression) {
	now := readLists(x.plan.Send.Suppress, suppression.All())
	for _, path := range x.plan.Send.Suppress {
		if was, is := before[path], now[path]; was.SHA256 != "" && was.SHA256 != is.SHA256 {
			x.notice("%s has changed since it was read: it had %s, and has %d; those that it has now are not called",
				is.Name, counted(int(was.Numbers), "number"), is.Numbers)
		}
	}
}
