package org.imageserver.manifest;

/**
 * Who stands behind the images, for the fields that only the Dataset API has.
 *
 * @param creatorName a short name such as "sdc" or "internal"
 * @param vendorUuid a lower-case UUID, or "" to show each image's owner
 * @param cloudName the name of the cloud, often the creator's
 */
public record DsapiSettings(String creatorName, String vendorUuid, String cloudName) {}
