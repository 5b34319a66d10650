package browserext

import (
	"errors"
	"fmt"
	"io/fs"

	"appraise/browserext/folder"
	"appraise/browserext/laxjson"
	"appraise/browserext/match"
	"appraise/browserext/netrules"
	"appraise/internal/limits"
	"appraise/inventory"
)

// rulesets reads declarative_net_request.rule_resources and the rule files it names.
func (r *reader) rulesets() {
	resources := r.list(r.object(r.root, "declarative_net_request"), "rule_resources")
	if len(resources) > limits.Rulesets {
		r.item.AddProblem(inventory.Problem{
			File: manifestName, Offset: int64(resources[limits.Rulesets].Offset), Limit: true, Matters: true,
			Message: fmt.Sprintf("manifest names more than %d rulesets; the rest was not read", limits.Rulesets),
		})
		resources = resources[:limits.Rulesets]
	}
	read := map[string]netrules.File{}
	room := netrules.NewRoom()
	for _, v := range resources {
		if v.Kind != laxjson.Object {
			r.malformed(v, "entry of rule_resources", laxjson.Object.String())
			continue
		}
		set := inventory.Ruleset{ID: r.string(v, "id"), Path: r.string(v, "path"), Enabled: r.flag(v, "enabled")}
		file, again := read[set.Path]
		if !again {
			file = r.ruleFile(set.Path, room)
			read[set.Path] = file
			r.rulesGive(file)
		}
		set.Rules, set.Redirects = file.Rules, file.Redirects
		r.detail.Rulesets = append(r.detail.Rulesets, set)
	}
}

// ruleFile reads one file of rules and keeps its redirecting ones. A file that is missing
// holds nothing to fear, since no browser loads its extension.
func (r *reader) ruleFile(declared string, room *netrules.Room) netrules.File {
	name := folder.Clean(declared)
	text, err := r.files.Read(name, limits.ExtensionFileBytes)
	var file netrules.File
	if err == nil {
		file, err = netrules.Read(name, text, room)
	}
	if err != nil {
		r.item.AddProblem(problem(name, err, !errors.Is(err, fs.ErrNotExist)))
		r.trait(inventory.TraitRulesetNotRead, inventory.Evidence{File: name, Detail: "ruleset was not read to its end"})
	}
	return file
}

// rulesGive records what the rules prove. They work only with the permission and some host: where either
// is optional, so is the capability. On which of its hosts a rule works is left to the reader of Reach.
func (r *reader) rulesGive(file netrules.File) {
	exposure := r.rulesExposure()
	if exposure == inventory.ExposureUnknown {
		return
	}
	redirect := given{id: inventory.CapRequestsRedirect, confidence: inventory.Proved, qualifier: "ruleset"}
	modify := given{id: inventory.CapPageModify, confidence: inventory.Proved, qualifier: "ruleset"}
	shown := 0
	for _, rule := range file.Redirects {
		if !netrules.Leaves(rule.Kind) {
			continue
		}
		var evidence []inventory.Evidence
		if shown++; shown <= limits.Evidence {
			evidence = append(evidence, rule.Evidence)
		}
		r.tally.add(redirect, exposure, anywhere(rule.From), evidence...)
	}
	for _, rule := range file.Headers {
		r.tally.add(modify, exposure, anywhere(rule.From), rule.Evidence)
	}
}

func anywhere(from []string) []string {
	if len(from) == 0 {
		return []string{match.AllURLs}
	}
	return from
}

// rulesExposure is how far the permission for request rules and the hosts for redirects go together.
func (r *reader) rulesExposure() inventory.Exposure {
	permission, hosts := inventory.ExposureUnknown, inventory.ExposureUnknown
	for _, g := range r.grants {
		if g.name == "declarativeNetRequest" || g.name == "declarativeNetRequestWithHostAccess" {
			permission = max(permission, g.exposure)
		}
	}
	switch {
	case len(r.requested.patterns) > 0:
		hosts = inventory.Requested
	case len(r.optional.patterns) > 0:
		hosts = inventory.Optional
	}
	return min(permission, hosts)
}
