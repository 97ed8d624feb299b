package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.http.Query;

/**
 * The form that makes the input of {@code vmadm create} for an image: what was typed, what is wrong with it, and the
 * JSON. Which property goes with which brand is vmadm(8)'s word.
 *
 * @param brand of the machine
 * @param brands that the image may be used with
 * @param nics how many the machine gets
 * @param fields in their order
 * @param command that makes the machine; empty while something is wrong
 */
record VmForm(VmBrand brand, List<VmBrand> brands, int nics, List<VmField> fields, String command) {
    /** More is rare, and is added to the JSON by hand. */
    static final int MOST_NICS = 4;

    private static final long GIBIBYTE_IN_MIB = 1024;

    /** The form as a query fills it in; empty when the image makes no machine. */
    static Optional<VmForm> of(ObjectNode manifest, Query query) {
        List<VmBrand> brands = VmBrand.of(manifest);
        if (brands.isEmpty()) {
            return Optional.empty();
        }
        VmBrand brand = query.get("brand")
                .flatMap(VmBrand::named)
                .filter(brands::contains)
                .orElse(brands.getFirst());
        return Optional.of(new Filling(manifest, query, brand).form(brands));
    }

    /** The elements that change while one types, beside the result. */
    String errorElements() {
        return String.join(
                ",", fields.stream().map(field -> "#" + field.errorId()).toList());
    }

    /** One filling in of the form. */
    private static final class Filling {
        private final ObjectNode manifest;
        private final JsonNode requirements;
        private final VmBrand brand;
        private final VmInput input;
        private final int nics;
        private final ObjectNode machine = JsonNodeFactory.instance.objectNode();

        Filling(ObjectNode manifest, Query query, VmBrand brand) {
            this.manifest = manifest;
            this.requirements = manifest.path("requirements");
            this.brand = brand;
            this.input = new VmInput(query);
            int needed = Math.clamp(requirements.path("networks").size(), 1, MOST_NICS);
            this.nics = query.get("nics")
                    .filter(text -> text.matches("[0-" + MOST_NICS + "]"))
                    .map(Integer::parseInt)
                    .orElse(needed);
        }

        VmForm form(List<VmBrand> brands) {
            machine.put("brand", brand.vmadmName());
            input.text("alias", "Alias", alias(), "a name for you", text -> "")
                    .ifPresent(alias -> machine.put("alias", alias));
            if (brand.hasHardware()) {
                fillHardware();
            } else {
                fillZone();
            }
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            for (int index = 0; index < nics; index++) {
                fillNic(index, all);
            }
            if (nics > 0) {
                machine.set("nics", all);
            }
            fillMetadata();
            String command = input.isRight() ? "vmadm create <<'EOF'\n" + PrettyJson.of(machine) + "\nEOF" : "";
            return new VmForm(brand, brands, nics, List.copyOf(input.fields()), command);
        }

        private String alias() {
            String plain = manifest.path("name").asText().replaceAll("[^A-Za-z0-9._-]+", "-");
            return plain.substring(0, Math.min(plain.length(), 60));
        }

        private void fillZone() {
            machine.put("image_uuid", manifest.path("uuid").asText());
            memory(1024).ifPresent(mebibytes -> machine.put("max_physical_memory", mebibytes));
            input.number("quota", "Quota (GiB)", "20", "of the zone's file system; 0 is none", 0, VmInput.UNBOUNDED)
                    .ifPresent(gibibytes -> machine.put("quota", gibibytes));
            if (brand == VmBrand.LX) {
                String said = manifest.at("/tags/kernel_version").asText();
                input.text(
                                "kernel_version",
                                "Linux version",
                                said,
                                "to emulate, such as 4.3.0",
                                text -> text.matches("[0-9]{1,3}(\\.[0-9]{1,5}){1,2}") ? "" : "a version such as 4.3.0")
                        .ifPresent(version -> machine.put("kernel_version", version));
            }
        }

        private void fillHardware() {
            memory(2048).ifPresent(mebibytes -> machine.put("ram", mebibytes));
            input.number("vcpus", "CPUs", "2", "virtual ones", 1, 64).ifPresent(count -> machine.put("vcpus", count));
            String bootrom = requirements.path("bootrom").asText();
            if (brand == VmBrand.BHYVE && List.of("bios", "uefi").contains(bootrom)) {
                machine.put("bootrom", bootrom);
            }
            String cpu = manifest.path("cpu_type").asText();
            if (brand == VmBrand.KVM && List.of("host", "qemu64").contains(cpu)) {
                machine.put("cpu_type", cpu);
            }
            fillDisks();
        }

        private void fillDisks() {
            String driver = manifest.path("disk_driver").asText();
            String model = brand.diskModels().contains(driver) ? driver : "virtio";
            ArrayNode disks = machine.putArray("disks");
            ObjectNode first = disks.addObject();
            first.put("boot", true)
                    .put("model", model)
                    .put("image_uuid", manifest.path("uuid").asText());
            if (manifest.path("image_size").asLong() > 0) {
                first.put("image_size", manifest.path("image_size").asLong());
            }
            input.number("disk", "Second disk (GiB)", "", "empty for none", 1, 1_000_000)
                    .ifPresent(gibibytes ->
                            disks.addObject().put("model", model).put("size", gibibytes * GIBIBYTE_IN_MIB));
        }

        private OptionalLong memory(long usual) {
            long least = Math.clamp(requirements.path("min_ram").asLong(), 1, VmInput.UNBOUNDED);
            long said = requirements.path("max_ram").asLong();
            long most = said >= least ? Math.min(said, VmInput.UNBOUNDED) : VmInput.UNBOUNDED;
            String hint = least > 1 || most < VmInput.UNBOUNDED ? "as the image needs it" : "";
            return input.number("ram", "RAM (MiB)", Long.toString(Math.clamp(usual, least, most)), hint, least, most);
        }

        private void fillNic(int index, ArrayNode all) {
            ObjectNode nic = JsonNodeFactory.instance.objectNode();
            String label = nics == 1 ? "NIC" : "NIC " + (index + 1);
            String use = requirements
                    .path("networks")
                    .path(index)
                    .path("description")
                    .asText();
            input.text(
                            "tag" + index,
                            label + ": tag",
                            "admin",
                            use.isEmpty() ? "of nictagadm list" : "of nictagadm list; " + use,
                            text -> text.matches("[A-Za-z0-9_./-]{1,64}") ? "" : "a NIC tag, such as admin or external")
                    .ifPresent(tag -> nic.put("nic_tag", tag));
            if (brand.hasHardware()) {
                nic.put("model", nicModel());
            }
            input.text(
                            "ip" + index,
                            label + ": address",
                            "dhcp",
                            "dhcp or 10.0.0.5/24",
                            text -> VmInput.checkIp(text, brand))
                    .ifPresent(ip -> nic.putArray("ips").add(ip));
            input.text("gateway" + index, label + ": gateway", "", "not with dhcp", VmInput::checkGateway)
                    .ifPresent(gateway -> nic.putArray("gateways").add(gateway));
            input.number("vlan" + index, label + ": VLAN", "", "empty for none", 0, 4095)
                    .ifPresent(vlan -> nic.put("vlan_id", vlan));
            if (index == 0) {
                nic.put("primary", true);
            }
            all.add(nic);
        }

        private String nicModel() {
            String driver = manifest.path("nic_driver").asText();
            return brand == VmBrand.KVM && List.of("virtio", "e1000", "rtl8139").contains(driver) ? driver : "virtio";
        }

        /** Inside of bhyve, nobody but the guest itself sets its resolvers. */
        private void fillMetadata() {
            if (brand != VmBrand.BHYVE) {
                input.text(
                                "resolvers",
                                "Resolvers",
                                "8.8.8.8, 8.8.4.4",
                                "addresses, with commas",
                                VmInput::checkResolvers)
                        .ifPresent(text -> VmInput.addresses(text).forEach(machine.putArray("resolvers")::add));
            }
            boolean isNeeded = requirements.path("ssh_key").asBoolean(false);
            input.text(
                            "key",
                            "ssh public key",
                            "",
                            isNeeded ? "for root; this image needs one" : "for root; empty for none",
                            text -> text.matches("(ssh|ecdsa|sk)-[!-~]+ [A-Za-z0-9+/=]+( .*)?")
                                    ? ""
                                    : "a line of an authorized_keys file")
                    .ifPresent(key -> machine.putObject("customer_metadata").put("root_authorized_keys", key));
        }
    }
}
