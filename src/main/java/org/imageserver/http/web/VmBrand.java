package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of machines that {@code vmadm create} makes (vmadm(8), {@code brand}), as far as images are for them. */
enum VmBrand {
    JOYENT("joyent"),
    JOYENT_MINIMAL("joyent-minimal"),
    LX("lx"),
    BHYVE("bhyve"),
    KVM("kvm");

    private final String name;

    VmBrand(String name) {
        this.name = name;
    }

    /** As vmadm calls it. */
    String vmadmName() {
        return name;
    }

    /** Whether it has hardware of its own, virtual as it is. */
    boolean hasHardware() {
        return this == BHYVE || this == KVM;
    }

    /** The drivers that its disks may have. */
    List<String> diskModels() {
        return this == KVM ? List.of("virtio", "ide", "scsi") : List.of("virtio", "ahci", "nvme");
    }

    static Optional<VmBrand> named(String name) {
        return Arrays.stream(values()).filter(brand -> brand.name.equals(name)).findFirst();
    }

    /** The brands that an image may be used with, the usual one first; none for images that make no machine. */
    static List<VmBrand> of(JsonNode manifest) {
        List<VmBrand> fitting = switch (manifest.path("type").asText()) {
            case "zone-dataset" -> List.of(JOYENT, JOYENT_MINIMAL);
            case "lx-dataset" -> List.of(LX);
            case "zvol" -> List.of(BHYVE, KVM);
            default -> List.of();
        };
        Optional<VmBrand> required =
                named(manifest.at("/requirements/brand").asText()).filter(fitting::contains);
        return required.map(List::of).orElse(fitting);
    }
}
